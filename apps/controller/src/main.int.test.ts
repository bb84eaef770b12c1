import type { SpawnSyncReturns } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bundleProgram } from '@sallyport/kit';

const root = join(import.meta.dirname, '../../..');

describe('the bundled controller', () => {
  beforeAll(async () => {
    await bundleProgram('apps/controller/src/main.ts', 'apps/controller/dist/bundle/main.mjs');
  });

  it('prints its version and revision', () => {
    const { status, stdout } = controller('--version');
    expect(stdout).toMatch(
      /^sallyport-controller \d+\.\d+\.\d+ \(revision [0-9a-f]{12}(-dirty)?, Node\.js v\d/,
    );
    expect(status).toBe(0);
  });

  it('reports all faults of its configuration on stderr and ends with 2', () => {
    expect(controller('--listen-port=0x1', '--pod-cidrs=10.244.0.0')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: [
        '--listen-port: "0x1" is not a whole number from 0 to 65535',
        '--pod-cidrs: "10.244.0.0" is not a comma-separated list, each a CIDR such as 10.96.0.0/16, not /0',
        '',
      ].join('\n'),
    });
  });

  it.each([
    ['missing', ['--kubeconfig=/nothing'], '/nothing'],
    ['no kubeconfig', [`--kubeconfig=${import.meta.filename}`], import.meta.filename],
    ['needed but not given', [], '--kubeconfig=<file>'],
  ])('reports a kubeconfig that is %s in one sentence and ends with 2', (_, argv, named) => {
    const { status, stdout, stderr } = controller(
      '--listen-address=127.0.0.1',
      '--listen-port=0',
      ...argv,
    );
    expect(stderr).toMatch(/^sallyport-controller: [^\n]+\n$/);
    expect(stderr).toContain(named);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});

function controller(...argv: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, ['apps/controller/dist/bundle/main.mjs', ...argv], {
    cwd: root,
    env: {},
    encoding: 'utf8',
    timeout: 30_000,
  });
}
