// Runs a TypeScript program of the workspace, after the set-up: `node tools/run.mjs
// testing/lab/src/main.ts [arguments]`.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { bundleProgram } from './bundle.mjs';
import { root, runMain, setUp } from './setup.mjs';

await runMain(async () => {
  const [entryPoint, ...args] = process.argv.slice(2);
  setUp();
  // Node.js 20 does not run TypeScript: the program becomes one file of JavaScript.
  const file = join(
    root,
    'node_modules/.cache/sallyport',
    `${entryPoint.replace(/[^\w]+/g, '-')}.mjs`,
  );
  await bundleProgram(resolve(root, entryPoint), file);
  const child = spawn(process.execPath, ['--enable-source-maps', file, ...args], {
    stdio: 'inherit',
  });
  // The program itself ends on a signal and cleans up; this process only waits for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  return new Promise((done) => child.on('exit', (status) => done(status ?? 1)));
});
