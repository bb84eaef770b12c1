// Runs a TypeScript program of the workspace, after the set-up: `node tools/run.mjs e2e/lab/src/main.ts [arguments]`.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { root, runMain, setUp } from './setup.mjs';

/** Node.js 20 does not run TypeScript: the program becomes one file of JavaScript. */
const bundle = async (entryPoint) => {
  const esbuild = await import('esbuild');
  const outfile = join(root, 'node_modules/.cache/sallyport', `${entryPoint.replace(/[^\w]+/g, '-')}.mjs`);
  await esbuild.build({
    entryPoints: [resolve(root, entryPoint)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    conditions: ['@sallyport/source'],
    // It brings a program of its own, found by path.
    external: ['esbuild'],
    // Bundled CommonJS calls require for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  return outfile;
};

await runMain(async () => {
  const [entryPoint, ...args] = process.argv.slice(2);
  setUp();
  const file = await bundle(entryPoint);
  const child = spawn(process.execPath, ['--enable-source-maps', file, ...args], { stdio: 'inherit' });
  // The program itself ends on a signal and cleans up; this process only waits for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((done) => child.on('exit', (status) => done(status ?? 1)));
});
