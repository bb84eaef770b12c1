// Bundles a TypeScript program of the workspace into one file that Node.js runs:
// `node tools/bundle.mjs apps/agent/src/main.ts apps/agent/dist/bundle/main.mjs`.
// A third argument names a file for esbuild's metafile, the list of the files in the bundle.
// Imports esbuild only when a bundle is made: tools/run.mjs installs it first.
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Architectures, by Node.js's names, that images are built for. */
const architectures = ['x64', 'arm64'];

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Bundles the program `entryPoint` into `outfile`, with a source map beside it and, where it uses
 * netlink, the native add-on for each architecture. Resolves with esbuild's metafile, whose paths
 * are relative to the workspace's folder.
 */
export async function bundleProgram(entryPoint, outfile) {
  const esbuild = await import('esbuild');
  const { outputFiles, metafile } = await esbuild.build({
    absWorkingDir: root,
    metafile: true,
    entryPoints: [entryPoint],
    outfile,
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    conditions: ['@sallyport/source'],
    plugins: [nativeNetlink],
    // libs/program/src/build-info.ts
    define: {
      SALLYPORT_VERSION: JSON.stringify(await version()),
      SALLYPORT_REVISION: JSON.stringify(process.env.SALLYPORT_REVISION ?? revision()),
    },
    logLevel: 'warning',
    // Bundled CommonJS calls require for Node's own modules (fastify) and asks for its folder
    // (netlink).
    banner: {
      js: [
        "import { createRequire as __createRequire } from 'node:module';",
        'const require = __createRequire(import.meta.url);',
        // Not const: a bundled module may declare it, too (prettier).
        'var __dirname = import.meta.dirname;',
      ].join(' '),
    },
  });
  for (const { path, contents } of outputFiles) {
    await writeWhole(path, contents);
  }
  return metafile;
}

/** Another process may read or write the same file: it sees a whole one, new or old. */
async function writeWhole(path, contents) {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, contents);
  await rename(temporary, path);
}

/**
 * netlink looks for its binary in node_modules at run time. In a bundle it loads the file beside
 * it: no look-up, which costs seconds where files are slow (9p), and no node_modules in an image.
 */
const nativeNetlink = {
  name: 'native-netlink',
  setup(build) {
    const namespace = 'native-netlink';
    build.onResolve({ filter: /^node-gyp-build$/ }, ({ importer }) =>
      /\/netlink\/dist\/raw\.js$/.test(importer) ? { path: importer, namespace } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace }, async ({ path }) => {
      const prebuilds = join(dirname(path), '../prebuilds');
      const folder = dirname(build.initialOptions.outfile);
      for (const architecture of architectures) {
        const binary = await readFile(join(prebuilds, `linux-${architecture}/node.napi.node`));
        await writeWhole(join(folder, `netlink-${architecture}.node`), binary);
      }
      // In a variable, or esbuild takes it for a pattern of files to bundle.
      const contents =
        'const file = `./netlink-${process.arch}.node`; module.exports = () => require(file);';
      return { contents };
    });
  },
};

async function version() {
  return JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).version;
}

/** `unknown` where there is no git: a build from an archive gives SALLYPORT_REVISION. */
function revision() {
  const argv = ['describe', '--always', '--exclude=*', '--dirty', '--abbrev=12'];
  try {
    return execFileSync('git', argv, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return 'unknown';
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [entryPoint, outfile, metafile] = process.argv.slice(2);
  const content = await bundleProgram(entryPoint, outfile);
  if (metafile !== undefined) {
    await writeFile(metafile, JSON.stringify(content));
  }
}
