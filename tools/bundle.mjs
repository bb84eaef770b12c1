// Bundles one app: `node tools/bundle.mjs apps/agent` writes apps/agent/dist/bundle/main.mjs.
import { join } from 'node:path';
import { bundleProgram } from './esbuild.mjs';

const projectRoot = process.argv[2];
await bundleProgram({
  entryPoint: join(projectRoot, 'src/main.ts'),
  outfile: join(projectRoot, 'dist/bundle/main.mjs'),
  // A native add-on that finds its binary by path: it stays beside the bundle.
  external: ['netlink'],
});
