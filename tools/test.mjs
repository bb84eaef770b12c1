// `npm test`: installs missing parts, then runs checks, unit, integration and end-to-end tests.
// Its last line is `N passed, N failed`: the tests as jest reports them, and every check or runner
// that failed.
// ```
// npm test                       everything
// npm test -- unit e2e           only these steps (checks, unit, integration, e2e)
// npm test -- e2e -t 'restart'   jest gets the arguments from the first one that begins with -
// ```
// The end-to-end tests run beside the other steps: an emulated guest seldom keeps two cores busy.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { root, runMain, setUp } from './setup.mjs';

const reports = join(root, '.reports');

/** Bound on one step in milliseconds: a hung runner must end the run, not outlive it. */
const limitMs = { check: 15 * 60_000, jest: 45 * 60_000 };

/** Steps that wait for each other, lane by lane; the lanes run at once. */
const lanes = [
  { checks: runChecks, unit: jestStep('unit'), integration: jestStep('integration') },
  { e2e: jestStep('e2e') },
];

await runMain(async () => {
  const args = process.argv.slice(2);
  const firstOption = args.findIndex((argument) => argument.startsWith('-'));
  const chosen = firstOption === -1 ? args : args.slice(0, firstOption);
  const jestArgs = firstOption === -1 ? [] : args.slice(firstOption);
  const names = lanes.flatMap((lane) => Object.keys(lane));
  const unknown = chosen.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new Error(`npm test: no step ${unknown.join(', ')}; there are ${names.join(', ')}`);
  }
  try {
    setUp();
  } catch (error) {
    // Without a set-up there is no test: that is one failure.
    console.error(error instanceof Error ? error.message : error);
    console.log('0 passed, 1 failed');
    return 1;
  }
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports);
  const isChosen = (name) => chosen.length === 0 || chosen.includes(name);
  const results = (
    await Promise.all(lanes.map((lane) => runLane(lane, isChosen, jestArgs)))
  ).flat();
  printSlowest(names);
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
  const passed = total('passed');
  const failed = total('failed');
  console.log(`${passed} passed, ${failed} failed`);
  const checksOnly = chosen.length === 1 && chosen[0] === 'checks';
  return failed > 0 || (passed === 0 && !checksOnly) ? 1 : 0;
});

async function runLane(lane, isChosen, jestArgs) {
  const results = [];
  for (const [name, step] of Object.entries(lane)) {
    if (isChosen(name)) {
      results.push(...(await step(jestArgs)));
    }
  }
  return results;
}

async function runChecks() {
  const cache = (name) => ['--cache', '--cache-location', `node_modules/.cache/${name}/`];
  return [
    await check('project references (nx sync:check)', 'nx', ['sync:check']),
    await check('format (prettier)', 'prettier', [
      '--check',
      '.',
      '--log-level',
      'warn',
      '--cache',
    ]),
    await check('types (tsc)', 'tsc', ['-b']),
    await check('lint (eslint)', 'eslint', ['.', ...cache('eslint')]),
    await check('spelling (cspell)', 'cspell', [
      '**',
      '--no-progress',
      '--no-summary',
      ...cache('cspell'),
    ]),
    await check('unused code and cycles (knip)', 'knip', cache('knip')),
  ];
}

/** A check that passes is no test and counts as none; one that fails counts as one failure. */
async function check(title, name, args) {
  const start = Date.now();
  const passed = await run('checks', bin(name), args, limitMs.check);
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  console.log(`${passed ? 'ok' : 'FAILED'}: ${title} (${seconds} s)`);
  return { passed: 0, failed: passed ? 0 : 1 };
}

/** Runs a program and prints its lines behind the step's name, since two steps print at once. */
function run(step, command, args, timeout) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A tenth of a property test's runs is enough while one works; CI does them all.
      env: { ...(process.env.CI && { FC_RUNS: 'full' }), ...process.env, NX_DAEMON: 'false' },
      timeout,
      killSignal: 'SIGKILL',
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => console.log(`[${step}] ${line}`));
    }
    child.on('error', (error) => {
      console.error(`[${step}] ${command}: ${error.message}`);
      resolve(false);
    });
    child.on('close', (status, signal) => {
      if (signal !== null) {
        console.error(
          `[${step}] ${command} ended by ${signal}, after ${timeout / 60_000} min at most`,
        );
      }
      resolve(status === 0);
    });
  });
}

function bin(name) {
  return join(root, 'node_modules/.bin', name);
}

function jestStep(kind) {
  return async (jestArgs) => {
    const args = [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      bin('jest'),
      '--config',
      join(root, `jest.${kind}.config.mjs`),
      '--json',
      `--outputFile=${reportOf(kind)}`,
      ...jestArgs,
    ];
    const succeeded = await run(kind, process.execPath, args, limitMs.jest);
    return [resultOf(kind, succeeded, jestArgs.length > 0)];
  };
}

function reportOf(kind) {
  return join(reports, `${kind}.json`);
}

/** The result in jest's report. A skipped test is a failure: nothing is skipped in silence. */
function resultOf(kind, succeeded, filtered) {
  if (!existsSync(reportOf(kind))) {
    return { passed: 0, failed: 1 };
  }
  const report = JSON.parse(readFileSync(reportOf(kind), 'utf8'));
  const failed =
    report.numFailedTests +
    report.numRuntimeErrorTestSuites +
    (filtered ? 0 : report.numPendingTests + report.numTodoTests);
  return { passed: report.numPassedTests, failed: succeeded ? failed : Math.max(failed, 1) };
}

function printSlowest(kinds) {
  const tests = kinds
    .filter((kind) => existsSync(reportOf(kind)))
    .flatMap((kind) => JSON.parse(readFileSync(reportOf(kind), 'utf8')).testResults)
    .flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ fullName, duration }) => ({
        seconds: (duration ?? 0) / 1000,
        title: `${relative(root, name)}: ${fullName}`,
      })),
    )
    .sort((a, b) => b.seconds - a.seconds);
  if (tests.length > 0) {
    console.log('the slowest tests:');
  }
  for (const { seconds, title } of tests.slice(0, 10)) {
    console.log(`${seconds.toFixed(1).padStart(7)} s  ${title}`);
  }
}
