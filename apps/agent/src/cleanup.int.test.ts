import type { RunCommand } from '@sallyport/command';
import { runCommand } from '@sallyport/command';
import { defaultMarks } from '@sallyport/dataplane';
import { bundleProgram } from '@sallyport/kit';
import { openBackend } from '@sallyport/netfilter';

const BUNDLE = 'apps/agent/dist/bundle/main.mjs';
const NETNS = `sallyport-cleanup-${process.pid}`;

const run: RunCommand = (argv, options) =>
  runCommand(['ip', 'netns', 'exec', NETNS, ...argv], { timeoutMs: 60_000, ...options });

describe('agent cleanup', () => {
  beforeAll(async () => {
    await bundleProgram('apps/agent/src/main.ts', BUNDLE);
  }, 120_000);

  beforeEach(() => runCommand(['ip', 'netns', 'add', NETNS]));
  afterEach(() => runCommand(['ip', 'netns', 'delete', NETNS]));

  // The nftables backend speaks netlink in its own namespace: the lab has its test.
  it('leaves rules, sets and routes as before the install, with iptables', async () => {
    await script(FOREIGN);
    const before = await script(DUMP);
    await install();
    expect(await script(DUMP)).not.toBe(before);
    for (const attempt of ['first', 'second']) {
      await run([process.execPath, BUNDLE, 'cleanup', '--log-level=error']);
      expect([attempt, await script(DUMP)]).toEqual([attempt, before]);
    }
  }, 120_000);
});

/** Rules of other software in every table that we use. */
const FOREIGN = `
ip link set lo up
for table in raw mangle nat filter; do
  for chain in PREROUTING INPUT FORWARD OUTPUT POSTROUTING; do
    iptables -w -t $table -A $chain -j ACCEPT || true
  done
done
iptables -w -A FORWARD -s 10.1.0.0/16 -j ACCEPT
iptables -w -t nat -A POSTROUTING -s 10.1.0.0/16 -j MASQUERADE
ip rule add from 10.9.0.0/16 lookup 99 priority 500
ip route add throw 10.8.0.0/16 table 99`;

const DUMP = `
iptables-save | grep -v '^#' | sed 's/ \\[.*//'
nft -s list ruleset; ipset list -name; ip rule show; ip -6 rule show; ip route show table all
sysctl -a 2>/dev/null | grep -E 'rp_filter|src_valid_mark|ip_forward'`;

async function install(): Promise<void> {
  const config = { marks: defaultMarks, tunnelPort: 6081 };
  const { netfilter } = await openBackend(run, config, 'iptables', { keepOther: true });
  await netfilter.apply({
    op: 'update-sets',
    changes: [
      ...(['create-paths', 'create-internal', 'create-nodes'] as const).map((op) => ({ op })),
      { op: 'add-internal', cidr: '10.1.0.0/16' },
    ],
  });
  const desired = {
    paths: new Map([['10.1.0.5', { kind: 'redirected' } as const]]),
    internal: new Set(['10.1.0.0/16']),
    snatIds: new Map([[1, '192.0.2.1']]),
    nodes: new Set<string>(),
    tunnelPort: 6081,
  };
  for (const operation of (await netfilter.observe()).diffRules(desired).add) {
    await netfilter.apply(operation);
  }
  await netfilter.apply({
    op: 'update-sets',
    changes: [{ op: 'set-path', ip: '10.1.0.5', path: { kind: 'redirected' } }],
  });
  await script(`
ip rule add fwmark 0x1000/0x1cff lookup 7101 priority 1001
ip route add throw 10.1.0.0/16 table 7101`);
}

async function script(text: string): Promise<string> {
  return (await run(['bash', '-ec', text])).stdout;
}
