import { integer } from '@sallyport/config';
import { pino } from 'pino';
import type { ProgramDependencies, ProgramHost } from './run-program.ts';
import { runProgram, StartError, untilAborted } from './run-program.ts';

type Run = (deps: ProgramDependencies<{ readonly port: number }>) => Promise<number>;

interface Fixture {
  readonly host: ProgramHost;
  readonly written: { stdout: string; stderr: string; log: string };
  readonly exits: number[];
  readonly signal: () => void;
}

const options = { port: { type: integer(1, 65_535), description: 'The port.', default: 80 } };

describe('runProgram', () => {
  it('runs with the configuration and resolves with the exit status', async () => {
    const fixture = setUp('--port=99');
    expect(await runOn(fixture, ({ config }) => Promise.resolve(config.port))).toBe(99);
    expect(fixture.written).toEqual({ stdout: '', stderr: '', log: '' });
  });

  it('reports a wrong option on stderr and ends with 2', async () => {
    const fixture = setUp('--port=0');
    expect(await runOn(fixture, () => Promise.reject(new Error('not reached')))).toBe(2);
    expect(fixture.written).toEqual({
      stdout: '',
      stderr: '--port: "0" is not a whole number from 1 to 65535\n',
      log: '',
    });
  });

  it('prints version, revision and Node.js version', async () => {
    const fixture = setUp('--version');
    expect(await runOn(fixture, () => Promise.resolve(1))).toBe(0);
    expect(fixture.written.stdout).toBe(
      `sallyport-test unbundled (revision unbundled, Node.js ${process.version})\n`,
    );
  });

  it('reports in one sentence why the program cannot start', async () => {
    const fixture = setUp();
    const error = new StartError(2, 'kubeconfig x cannot be read: no such file\n    at line 1');
    expect(await runOn(fixture, () => Promise.reject(error))).toBe(2);
    expect(fixture.written).toEqual({
      stdout: '',
      stderr: 'sallyport-test: kubeconfig x cannot be read: no such file\n',
      log: '',
    });
  });

  it('logs any other error with its stack and ends with 1', async () => {
    const fixture = setUp();
    expect(await runOn(fixture, () => Promise.reject(new TypeError('a mistake')))).toBe(1);
    expect(fixture.written.stderr).toBe('');
    expect(JSON.parse(fixture.written.log)).toMatchObject({
      msg: 'program failed',
      err: { message: 'a mistake', stack: expect.stringContaining('run-program.test') as unknown },
    });
  });

  it('stops on the first signal and exits at once on the second', async () => {
    const fixture = setUp();
    const ended = runOn(fixture, async ({ stop }) => {
      await untilAborted(stop);
      return 0;
    });
    fixture.signal();
    expect(fixture.exits).toEqual([]);
    fixture.signal();
    expect(fixture.exits).toEqual([1]);
    expect(await ended).toBe(0);
  });
});

function setUp(...argv: readonly string[]): Fixture {
  const written = { stdout: '', stderr: '', log: '' };
  const exits: number[] = [];
  const listeners: (() => void)[] = [];
  const host: ProgramHost = {
    argv: ['node', 'main.mjs', ...argv],
    env: {},
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    on: (_, listener) => listeners.push(listener),
    exit: (status) => exits.push(status),
  };
  return { host, written, exits, signal: () => listeners[0]?.() };
}

function runOn({ host, written }: Fixture, run: Run): Promise<number> {
  return runProgram(host, {
    name: 'sallyport-test',
    options,
    envPrefix: 'TEST',
    loggerFor: () => Promise.resolve(pino({}, { write: (line) => (written.log += line) })),
    run,
  });
}
