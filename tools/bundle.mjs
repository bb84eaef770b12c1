// Bundles a TypeScript program of the workspace into one file that Node.js runs:
// `node tools/bundle.mjs apps/agent/src/main.ts apps/agent/dist/bundle/main.mjs`.
// Imports esbuild only when a bundle is made: tools/run.mjs installs it first.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Native add-ons, which find their binary by path: they stay beside the bundle. */
const external = ['netlink'];

/** Bundles the program `entryPoint` into `outfile`, with a source map beside it. */
export async function bundleProgram(entryPoint, outfile) {
  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({
    entryPoints: [entryPoint],
    outfile,
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    conditions: ['@sallyport/source'],
    external,
    logLevel: 'warning',
    // Bundled CommonJS (fastify) calls require for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  await mkdir(dirname(outfile), { recursive: true });
  for (const { path, contents } of outputFiles) {
    // Another process may read or write the same bundle: it sees a whole file, new or old.
    const temporary = `${path}.${process.pid}`;
    await writeFile(temporary, contents);
    await rename(temporary, path);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await bundleProgram(process.argv[2], process.argv[3]);
}
