import type { RunCommand, RunCommandOptions } from '@sallyport/command';
import { applyOvs } from './apply-ovs.ts';
import { observeOvs } from './observe-ovs.ts';

it('gives every tool 15 s, as Open vSwitch is slow on a starved Node, and lets its own error say what it waited for', async () => {
  const { run, limits } = recorder();
  await observeOvs(run);
  await applyOvs(run, { op: 'delete-port', name: 'egress-tun0' });
  await applyOvs(run, { op: 'ensure-bridge', ports: [] });
  await applyOvs(run, { op: 'ovs-bundle', changes: [] });
  await applyOvs(run, {
    op: 'set-gateway-link',
    addresses: [],
    mtu: 1450,
    srcValidMark: 1,
    takesIPv6: false,
    rpFilter: 2,
  });
  expect(limits).toHaveLength(8);
  for (const { own, killMs } of limits) {
    expect(own).toBe(15);
    expect(killMs).toBeGreaterThan(own * 1000);
  }
});

/** A bridge without anything; takes note of how long each tool may take. */
function recorder(): {
  readonly run: RunCommand;
  readonly limits: { own: number; killMs: number }[];
} {
  const limits: { own: number; killMs: number }[] = [];
  const table = (headings: string, ...rows: readonly string[]): string =>
    `{"headings":[${headings}],"data":[${rows.join()}]}`;
  const run: RunCommand = (argv, { timeoutMs = 10_000 }: RunCommandOptions = {}) => {
    const own = Number(argv.find((argument) => argument.startsWith('--timeout='))?.split('=')[1]);
    limits.push({ own, killMs: timeoutMs });
    const bridge = table('"fail_mode","ports"', '["secure",["set",[]]]');
    return Promise.resolve({ stdout: [bridge, table(''), table(''), ''].join('\n'), stderr: '' });
  };
  return { run, limits };
}
