// Bundles one app: `node tools/bundle.mjs apps/agent` writes apps/agent/dist/bundle/main.mjs.
import * as esbuild from 'esbuild';
import { join } from 'node:path';

const projectRoot = process.argv[2];
await esbuild.build({
  entryPoints: [join(projectRoot, 'src/main.ts')],
  outfile: join(projectRoot, 'dist/bundle/main.mjs'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'linked',
  conditions: ['@sallyport/source'],
  // A native add-on that finds its binary by path: it stays beside the bundle.
  external: ['netlink'],
  logLevel: 'warning',
  // Bundled CommonJS (fastify) calls require for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
