import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { parseConfig } from '@sallyport/config';
import { waitFor } from '@sallyport/kit';
import { systemClock } from '@sallyport/reconcile';
import { pino } from 'pino';
import { controllerOptions, ENV_PREFIX } from './config.ts';
import { run } from './run.ts';

interface Run {
  /** The exit status. */
  readonly exit: Promise<number>;
  /** The messages logged so far. */
  readonly log: readonly string[];
  readonly stop: () => void;
}

describe('run', () => {
  let folder: string;
  let kubeconfig: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'controller-'));
    // No server listens on port 1.
    kubeconfig = await written('config', 'http://127.0.0.1:1', {});
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('ends with 0 when it is stopped, even while there is no API server', async () => {
    const { exit, log, stop } = start('--kubeconfig', kubeconfig);
    while (!log.includes('serving')) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    stop();
    expect(await exit).toBe(0);
    // A message about a refused connection may follow it.
    expect(log).toContain('stopping');
  });

  it('ends with 0 when it is stopped while a command of the kubeconfig hangs', async () => {
    const running = join(folder, 'running');
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'sh',
      // It ends when the folder of the tests is gone.
      args: ['-c', `touch ${running}; while [ -e ${running} ]; do sleep 0.1; done`],
    };
    const { exit, stop } = start(
      '--kubeconfig',
      await written('hanging', 'https://127.0.0.1:1', { exec }),
    );
    await waitFor('the command to start', () => existsSync(running));
    stop();
    expect(await exit).toBe(0);
  });

  it('ends with 0 when it is stopped before it has started', async () => {
    const { exit, stop } = start('--kubeconfig', kubeconfig);
    stop();
    expect(await exit).toBe(0);
  });

  it.each([
    ['missing', ['--kubeconfig', '/nothing'], 'kubeconfig /nothing cannot be read'],
    ['needed but not given', [], 'give --kubeconfig'],
  ])('cannot start when a kubeconfig is %s: status 2', async (_, argv, message) => {
    const { exit, log } = start(...argv);
    await expect(exit).rejects.toMatchObject({
      exitStatus: 2,
      message: expect.stringContaining(message) as unknown,
    });
    expect(log).toEqual([]);
  });

  it.each([
    ['of another machine', '192.0.2.1', 'this machine does not have this address'],
    ['without its device', 'fe80::1', 'an address such as fe80::1 needs its device'],
    ['that is a wrong name', 'no such name', 'it is neither an address nor a known name'],
  ])('cannot start on an address %s: status 2', async (_, address, reason) => {
    const { exit } = start('--kubeconfig', kubeconfig, '--listen-address', address);
    const error = await exit.catch((cause: unknown) => cause);
    expect(error).toMatchObject({ exitStatus: 2 });
    expect(String(error)).toContain(`cannot listen on ${address}: ${reason}`);
    expect(String(error)).toContain('; set --listen-address or --listen-port');
  });

  /** Writes a kubeconfig. */
  async function written(name: string, server: string, user: unknown): Promise<string> {
    const file = join(folder, name);
    await writeFile(
      file,
      JSON.stringify({
        'current-context': 'c',
        clusters: [{ name: 'c', cluster: { server } }],
        users: [{ name: 'c', user }],
        contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
      }),
    );
    return file;
  }
});

function start(...argv: readonly string[]): Run {
  const log: string[] = [];
  const sink = new Writable({
    write(line, _, done) {
      log.push((JSON.parse(String(line)) as { msg: string }).msg);
      done();
    },
  });
  const stopping = new AbortController();
  const config = parseConfig(controllerOptions, {
    argv: ['--listen-address=127.0.0.1', '--listen-port=0', ...argv],
    env: {},
    envPrefix: ENV_PREFIX,
  });
  const exit = run({
    config,
    logger: pino(sink),
    stop: stopping.signal,
    clock: systemClock,
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    random: Math.random,
  });
  return {
    exit,
    log,
    stop: () => {
      stopping.abort();
    },
  };
}
