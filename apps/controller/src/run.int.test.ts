import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { parseConfig } from '@sallyport/config';
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
    kubeconfig = join(folder, 'config');
    // Nobody serves on port 1.
    const cluster = { server: 'http://127.0.0.1:1' };
    await writeFile(
      kubeconfig,
      JSON.stringify({
        'current-context': 'c',
        clusters: [{ name: 'c', cluster }],
        users: [{ name: 'c', user: {} }],
        contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
      }),
    );
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('ends with 0 when it is told to stop, even while there is no API server', async () => {
    const { exit, log, stop } = start('--kubeconfig', kubeconfig);
    while (!log.includes('serving')) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    stop();
    expect(await exit).toBe(0);
    // A connection that is refused may have its say after it.
    expect(log).toContain('stopping');
  });

  it('ends with 0 when it is told to stop before it has started', async () => {
    const { exit, stop } = start('--kubeconfig', kubeconfig);
    stop();
    expect(await exit).toBe(0);
  });

  it('ends with 1 when there is no kubeconfig', async () => {
    const { exit, log } = start('--kubeconfig', join(folder, 'nothing'));
    expect(await exit).toBe(1);
    expect(log).toEqual(['the controller cannot run']);
  });

  it('ends with 1 when it cannot listen', async () => {
    const { exit, log } = start('--kubeconfig', kubeconfig, '--listen-address', '192.0.2.1');
    expect(await exit).toBe(1);
    expect(log.at(-1)).toBe('the controller cannot run');
  });
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
    argv: ['--listen-address=127.0.0.1', '--port=0', ...argv],
    env: {},
    envPrefix: ENV_PREFIX,
  });
  const deps = {
    config,
    logger: pino(sink),
    clock: systemClock,
    nowMs: () => Date.now(),
    random: Math.random,
  };
  const exit = run(deps, stopping.signal);
  return {
    exit,
    log,
    stop: () => {
      stopping.abort();
    },
  };
}
