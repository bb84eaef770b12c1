import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { bundleProgram } from '@sallyport/kit';

const root = join(import.meta.dirname, '../../..');
// No server listens on port 2.
const REQUIRED = ['--node-name=n1', '--controller-url=http://127.0.0.1:2'];

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('the bundled agent', () => {
  beforeAll(async () => {
    await bundleProgram('apps/agent/src/main.ts', 'apps/agent/dist/bundle/main.mjs');
  });

  it('prints its version and revision', async () => {
    const { status, stdout } = await end(start('--version'));
    expect(stdout).toMatch(
      /^sallyport-agent \d+\.\d+\.\d+ \(revision [0-9a-f]{12}(-dirty)?, Node\.js v\d/,
    );
    expect(status).toBe(0);
  });

  it('reports all faults of its configuration on stderr and ends with 2', async () => {
    expect(await end(start('--controller-url=10.0.0.5', '--dry-run=maybe'))).toEqual({
      status: 2,
      stdout: '',
      stderr: [
        '--node-name is missing: give the flag or set SALLYPORT_AGENT_NODE_NAME (The name of the Node on which the agent runs.)',
        '--controller-url: "10.0.0.5" is not a URL that begins with http:// or https://, without credentials, path or query',
        '--dry-run: "maybe" is not true or false',
        '',
      ].join('\n'),
    });
  });

  it('reports in one sentence that its health port is in use, and ends with 1', async () => {
    const { other, port } = await listener();
    const ended = await end(start(...REQUIRED, `--health-port=${port}`));
    other.close();
    expect(ended).toEqual({
      status: 1,
      stdout: '',
      stderr: `sallyport-agent: cannot listen on 127.0.0.1 port ${port}: another process uses this port; set --health-port\n`,
    });
  });

  it('ends a dry run that cannot reach the controller, with nothing on stdout', async () => {
    const { status, stdout, stderr } = await end(
      start(...REQUIRED, '--dry-run', '--dry-run-timeout=1s'),
    );
    expect(stdout).toBe('');
    expect(stderr).toContain('"level":"warn"');
    expect(stderr.split('\n').at(-2)).toBe(
      'sallyport-agent: no dry run within 1s: still waiting for egressgroups, clusternetworks; check that a controller is ready at http://127.0.0.1:2, or set --dry-run-timeout',
    );
    expect(status).toBe(1);
  });

  it.each([
    ['text', /^\[\d{4}-\S+Z\] INFO: agent started \{"node":"n1",/],
    ['json', /^\{"level":"info","time":"\d{4}-\S+Z","node":"n1",.*"msg":"agent started"\}$/],
  ])('logs to stdout as %s, and ends with 0 when it is stopped', async (format, started) => {
    const { other, port } = await listener();
    other.close();
    const agent = start(...REQUIRED, `--health-port=${port}`, `--log-format=${format}`);
    try {
      const ended = end(agent);
      const [line] = (await once(createInterface(agent.stdout), 'line')) as [string];
      expect(line).toMatch(started);
      agent.kill('SIGTERM');
      expect(await ended).toMatchObject({ status: 0, stderr: '' });
    } finally {
      // An agent that is left over keeps jest from ending.
      agent.kill('SIGKILL');
    }
  });
});

function start(...argv: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, ['apps/agent/dist/bundle/main.mjs', ...argv], {
    cwd: root,
    env: {},
  });
}

async function end(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const [[status], stdout, stderr] = await Promise.all([
    once(child, 'exit') as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { status, stdout, stderr };
}

/** A server on a free port. */
async function listener(): Promise<{ readonly other: Server; readonly port: number }> {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  return { other, port: (other.address() as AddressInfo).port };
}
