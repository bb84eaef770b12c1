// Bundles TypeScript programs of the workspace. Imports esbuild only when asked to: whoever calls
// it may have had to install it first.

/**
 * Bundles the program `entryPoint` into the one file `outfile`; what is `external` is found at run
 * time.
 */
export async function bundleProgram({ entryPoint, outfile, external }) {
  const esbuild = await import('esbuild');
  await esbuild.build({
    entryPoints: [entryPoint],
    outfile,
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
}
