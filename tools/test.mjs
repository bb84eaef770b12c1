// `npm test`: sets up what is missing, then static checks, unit, integration and end-to-end tests.
// Its last line is `N passed, N failed`: the tests as jest reports them, and every check or runner
// that failed.
//   npm test                       everything
//   npm test -- unit e2e           only these steps (checks, unit, integration, e2e)
//   npm test -- e2e -t 'restart'   arguments that begin with - and what follows go to jest
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, runMain, setUp } from './setup.mjs';

const reports = join(root, '.reports');

/** Bound on one step in milliseconds: a hung runner must end the run, not outlive it. */
const limitMs = { check: 15 * 60_000, jest: 45 * 60_000 };

const steps = {
  checks: () => [
    check('project references (nx sync:check)', 'nx', ['sync:check']),
    check('format (prettier)', 'prettier', ['--check', '.', '--log-level', 'warn']),
    check('types (tsc)', 'tsc', ['-b']),
    check('lint (eslint)', 'eslint', [
      '.',
      '--cache',
      '--cache-location',
      'node_modules/.cache/eslint/',
    ]),
  ],
  unit: (jestArgs) => [jest('unit', jestArgs)],
  integration: (jestArgs) => [jest('integration', jestArgs)],
  e2e: (jestArgs) => [jest('e2e', jestArgs)],
};

await runMain(() => {
  const args = process.argv.slice(2);
  const firstOption = args.findIndex((argument) => argument.startsWith('-'));
  const chosen = firstOption === -1 ? args : args.slice(0, firstOption);
  const jestArgs = firstOption === -1 ? [] : args.slice(firstOption);
  const unknown = chosen.filter((name) => !(name in steps));
  if (unknown.length > 0)
    throw new Error(
      `npm test: no step ${unknown.join(', ')}; there are ${Object.keys(steps).join(', ')}`,
    );
  try {
    setUp();
  } catch (error) {
    // Without what the tests need there is no test: that is one failure.
    console.error(error instanceof Error ? error.message : error);
    console.log('0 passed, 1 failed');
    return 1;
  }
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports);
  const results = Object.entries(steps)
    .filter(([name]) => chosen.length === 0 || chosen.includes(name))
    .flatMap(([, step]) => step(jestArgs));
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
  const passed = total('passed');
  const failed = total('failed');
  console.log(`${passed} passed, ${failed} failed`);
  const checksOnly = chosen.length === 1 && chosen[0] === 'checks';
  return failed > 0 || (passed === 0 && !checksOnly) ? 1 : 0;
});

/** A check that passes is no test and counts as none; one that fails counts as one failure. */
function check(title, name, args) {
  const start = Date.now();
  const passed = run(bin(name), args, limitMs.check);
  console.log(
    `${passed ? 'ok' : 'FAILED'}: ${title} (${((Date.now() - start) / 1000).toFixed(1)} s)`,
  );
  return { passed: 0, failed: passed ? 0 : 1 };
}

function run(command, args, timeout, env = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, NX_DAEMON: 'false', ...env },
    timeout,
  });
  if (result.error !== undefined) console.error(`${command}: ${result.error.message}`);
  return result.status === 0;
}

function bin(name) {
  return join(root, 'node_modules/.bin', name);
}

/** What jest wrote about its run. A skipped test is a failure: nothing is skipped in silence. */
function jest(kind, jestArgs) {
  const outputFile = join(reports, `${kind}.json`);
  const args = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    bin('jest'),
    '--config',
    join(root, `jest.${kind}.config.mjs`),
    '--json',
    `--outputFile=${outputFile}`,
    ...jestArgs,
  ];
  const succeeded = run(process.execPath, args, limitMs.jest);
  if (!existsSync(outputFile)) return { passed: 0, failed: 1 };
  const report = JSON.parse(readFileSync(outputFile, 'utf8'));
  const filtered = jestArgs.length > 0;
  const failed =
    report.numFailedTests +
    report.numRuntimeErrorTestSuites +
    (filtered ? 0 : report.numPendingTests + report.numTodoTests);
  return { passed: report.numPassedTests, failed: succeeded ? failed : Math.max(failed, 1) };
}
