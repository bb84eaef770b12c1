import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import { conntrackContract } from '@sallyport/conntrack/testing';
import { waitFor } from '@sallyport/kit';
import { netfilterContract } from '@sallyport/netfilter/testing';
import { ovsContract } from '@sallyport/ovs/testing';
import { routingContract } from '@sallyport/rtnetlink/testing';
import type { Unversioned } from '@sallyport/watch';
import type { CaseResult } from './adapter-contracts.ts';
import { AgentLab } from './agent-lab.ts';

const apiVersion = 'controlplane.antrea.io/v1beta2';
const IP = '192.168.77.200';
const OTHER_IP = '192.168.77.201';

const network: Unversioned<ClusterNetwork> = {
  apiVersion,
  kind: 'ClusterNetwork',
  metadata: { name: 'default' },
  nodes: [
    { name: 'n1', ips: ['192.168.77.11'] },
    { name: 'n2', ips: ['192.168.77.12'] },
  ],
  podCIDRs: ['10.244.0.0/16'],
  serviceCIDRs: ['10.96.0.0/16'],
};

const here = group('here', 77, IP, 'n1', ['10.244.1.11']);
const there = group('there', 78, OTHER_IP, 'n2', ['10.244.1.12', '10.244.1.13']);
const nowhere = group('nowhere', 79, '192.168.77.202', undefined, ['10.244.1.14']);

/** One Node in one guest: first for the adapters alone, then for the agent. */
let lab: AgentLab;

beforeAll(async () => {
  lab = await AgentLab.start();
}, 600_000);

afterAll(async () => {
  await (lab as AgentLab | undefined)?.close();
}, 300_000);

describe('the real adapters, like their fakes,', () => {
  let results: readonly CaseResult[] = [];

  beforeAll(async () => {
    results = await lab.runContracts();
  }, 660_000);

  const cases = [
    ...ovsContract.map(({ name }) => ({ contract: 'ovs', name })),
    ...netfilterContract.map(({ name }) => ({ contract: 'iptables', name })),
    ...netfilterContract.map(({ name }) => ({ contract: 'nftables', name })),
    ...conntrackContract.map(({ name }) => ({ contract: 'conntrack', name })),
    ...routingContract.map(({ name }) => ({ contract: 'routing', name })),
  ];
  it.each(cases)('$contract: $name', (wanted) => {
    const { contract, name } = wanted;
    expect(results.find((one) => one.contract === contract && one.name === name)).toEqual({
      ...wanted,
      failure: '',
    });
  });
});

describe('the agent on a real kernel', () => {
  beforeAll(async () => {
    await lab.script(
      `iptables -t nat -A POSTROUTING -s 10.244.0.0/16 ! -d 10.244.0.0/16 -j MASQUERADE
iptables -A FORWARD -m comment --comment "of somebody else" -j ACCEPT
ipset create OTHERS hash:ip
ip rule add fwmark 0x1 lookup 100 priority 99
echo 1 > /proc/sys/net/ipv4/ip_forward
ip neigh add 192.168.77.254 lladdr 0a:58:0a:00:00:01 dev eth0`,
    );
    // Two addresses, as if of two Pods.
    await lab.guest.script(`ip netns add pod
ip -n n1 link add pod0 address 0a:58:0a:00:00:02 up type veth peer name eth0 netns pod
ip -n n1 route add 10.244.1.11 dev pod0
ip -n n1 route add 10.244.1.16 dev pod0
ip -n pod link set eth0 up
ip -n pod addr add 10.244.1.11/32 dev eth0
ip -n pod addr add 10.244.1.16/32 dev eth0
ip -n pod neigh add 169.254.1.1 lladdr 0a:58:0a:00:00:02 dev eth0
ip -n pod route add default via 169.254.1.1 dev eth0 onlink`);
    lab.controller.publishNetwork(network);
    await lab.startAgent();
  }, 600_000);

  const realize = async (...groups: readonly Unversioned<EgressGroup>[]): Promise<void> => {
    await lab.untilRealized(lab.controller.publishGroups('n1', groups));
  };

  /** The kernel's conntrack entries of a source, without those of Open vSwitch. */
  const connectionsOf = async (source: string): Promise<readonly string[]> =>
    (await lab.onNode('conntrack', '-L', '-p', 'icmp', '--orig-src', source))
      .split('\n')
      .filter((line) => line !== '' && !line.includes('zone=65000'));

  /** The address that a new connection of a Pod leaves with, or `dropped`. */
  const addressOf = async (podIP: string): Promise<string> => {
    await lab.guest.script(
      `ip netns exec n1 conntrack -D --orig-src ${podIP} || true; ip netns exec pod ping -c 1 -W 1 -I ${podIP} 203.0.113.77 || true`,
    );
    const [line] = await connectionsOf(podIP);
    return line === undefined
      ? 'dropped'
      : (/src=203\.0\.113\.77 dst=(\S+)/.exec(line)?.[1] ?? line);
  };

  const states: readonly {
    name: string;
    groups: readonly Unversioned<EgressGroup>[];
    contains: readonly string[];
  }[] = [
    {
      name: 'an egress IP on this Node',
      groups: [here],
      contains: [`== 0x00000001 counter snat ip to ${IP}`, '10.244.1.11 : jump path-1'],
    },
    {
      name: 'one on another Node',
      groups: [there],
      contains: [
        'tun_src=192.168.77.12,in_port=1',
        'set_field:192.168.77.12->tun_dst',
        'nw_src=10.244.1.13',
        '10.244.1.12 : jump path-redirected',
      ],
    },
    {
      name: 'one that nobody has',
      groups: [nowhere],
      contains: ['10.244.1.14 : jump path-blocked'],
    },
    {
      name: 'all of them',
      groups: [here, there, nowhere],
      contains: [`snat ip to ${IP}`, 'group_id=78'],
    },
    {
      name: 'the two IPs swapped between the Nodes',
      groups: [
        group('here', 77, IP, 'n2', ['10.244.1.11']),
        group('there', 78, OTHER_IP, 'n1', ['10.244.1.12']),
        nowhere,
      ],
      contains: [`snat ip to ${OTHER_IP}`, '10.244.1.11 : jump path-redirected'],
    },
    { name: 'none', groups: [], contains: ['set pods4'] },
  ];

  it.each(states)(
    'makes the dataplane as planned, so that nothing is left to do: $name',
    async ({ groups, contains }) => {
      await realize(...groups);
      const dump = await lab.dump();
      for (const text of contains) {
        expect(dump).toContain(text);
      }
    },
    300_000,
  );

  it('deletes the conntrack entries of external connections with a wrong source, and no others', async () => {
    await realize();
    const outside = '203.0.113.10';
    let port = 1000;
    const open = (
      source: string,
      destination: string,
      translatedSource: string,
      zone = 0,
    ): Promise<string> => {
      port += 1;
      return lab.script(`conntrack -I -p udp -t 300 --orig-zone ${zone} \
-s ${source} -d ${destination} --sport ${port} --dport 53 \
-r ${destination} -q ${translatedSource} --reply-port-src 53 --reply-port-dst ${port}`);
    };
    const isOpen = async (source: string, destination: string): Promise<boolean> =>
      (await lab.script('conntrack -L -p udp')).includes(` src=${source} dst=${destination} `);
    await open('10.244.1.11', outside, '192.168.77.11');
    await open('10.244.1.11', '10.244.2.2', '10.244.1.11');
    await open('10.244.1.99', outside, '192.168.77.11');
    await realize(here);
    expect(await isOpen('10.244.1.11', outside)).toBe(false);
    expect(await isOpen('10.244.1.11', '10.244.2.2')).toBe(true);
    expect(await isOpen('10.244.1.99', outside)).toBe(true);

    // Of Pods of other Nodes: those of one egress IP are in a zone.
    await open('10.244.2.5', outside, IP, 1);
    await open('10.244.2.6', outside, OTHER_IP, 2);
    await realize();
    expect(await isOpen('10.244.2.5', outside)).toBe(false);
    expect(await isOpen('10.244.2.6', outside)).toBe(true);
  }, 300_000);

  it('leaves objects of others alone', async () => {
    await realize(here, there);
    await lab.onNode(
      'ovs-ofctl',
      '-O',
      'OpenFlow15',
      'add-flow',
      'br-egress',
      'cookie=0x1,table=9,priority=9,actions=drop',
    );
    await realize(there);
    const dump = await lab.dump();
    for (const foreign of [
      '-A POSTROUTING -s 10.244.0.0/16 ! -d 10.244.0.0/16 -j MASQUERADE',
      '-A FORWARD -m comment --comment "of somebody else" -j ACCEPT',
      'create OTHERS hash:ip',
      '99:\tfrom all fwmark 0x1 lookup 100',
      'cookie=0x1, table=9, priority=9 actions=drop',
    ]) {
      expect(dump).toContain(foreign);
    }
    await lab.onNode('ovs-ofctl', '-O', 'OpenFlow15', 'del-flows', 'br-egress', 'cookie=0x1/-1');
  }, 300_000);

  it('repairs rules that other software deleted, added or put before ours', async () => {
    await realize(here, there);
    const before = await lab.dump();
    await lab.script(
      `nft insert rule inet sallyport nat-postrouting ip saddr 172.16.0.0/12 masquerade
nft flush chain inet sallyport mangle-prerouting
nft flush map inet sallyport paths4
iptables -D FORWARD -j SALLYPORT-FORWARD
ip rule del fwmark 0x1000/0x1cff
ip route flush table 7101
ip rule add fwmark 0x1 lookup 7101 priority 1002
ip route add throw 172.16.0.0/12 table 7101
ip addr add 198.51.100.7/32 dev egress-gw0
nft add element inet sallyport internal4 { 172.16.0.0/12 }
ovs-ofctl -O OpenFlow15 del-flows br-egress cookie=0x5a11/-1
ip link set egress-gw0 down
ip link set egress-gw0 mtu 1300`,
    );
    const what = `everything to be as before:\n${before}`;
    await waitFor(what, async () => (await lab.dump()) === before, { intervalMs: 500 });
  }, 300_000);

  it.each([
    ['a table', 'nft delete table inet sallyport'],
    ['the guard', 'nft delete table inet sallyport-guard'],
    ['the rules of a chain', 'nft flush chain inet sallyport nat-postrouting'],
    ['a Pod in a set', 'nft delete element inet sallyport pods4 { 10.244.1.11 }'],
    ['the jump to a chain', 'iptables -D FORWARD -j SALLYPORT-FORWARD'],
    ['a policy rule', 'ip rule del fwmark 0x1000/0x1cff'],
    ['the rule of the source check', 'ip rule del priority 999'],
    ['a route', 'ip route del default table 7102'],
    ['the neighbour', 'ip neigh del 169.254.77.254 dev egress-gw0'],
    ['the loose source check', 'sysctl -w net.ipv4.conf.egress-gw0.rp_filter=1'],
    ['a group', 'ovs-ofctl -O OpenFlow15 del-groups br-egress group_id=78'],
    ['a port', 'ovs-vsctl del-port egress-tun0'],
    ['the bridge', 'ovs-vsctl del-br br-egress'],
    [
      'ovs-vswitchd, with all flows',
      `kill -9 $(cat /run/openvswitch/ovs-vswitchd.pid)
ovs-vswitchd unix:/run/openvswitch/db.sock --detach --pidfile --log-file -vconsole:off`,
    ],
  ])(
    'notices a loss by itself, without a resync: %s',
    async (_, loss) => {
      await realize(here, there);
      const before = await lab.dump();
      await lab.script(loss);
      let dump = '';
      await waitFor(
        `everything to be as before:\n${before}`,
        async () => {
          // Without the bridge there is none.
          dump = await lab.dump().catch(String);
          return dump === before;
        },
        { intervalMs: 250, actual: () => dump },
      );
    },
    300_000,
  );

  it('drops packets of a Pod whose rules are gone, while no agent runs', async () => {
    await realize(here);
    await lab.stopAgent('SIGTERM');
    for (const loss of [
      'delete table inet sallyport',
      'flush chain inet sallyport nat-postrouting',
      'flush chain inet sallyport mangle-prerouting',
      'delete element inet sallyport paths4 { 10.244.1.11 }',
      'flush set inet sallyport pods4',
    ]) {
      await lab.script(`nft list table inet sallyport > /tmp/table; nft ${loss}`);
      expect([loss, await addressOf('10.244.1.11')]).toEqual([
        loss,
        expect.stringMatching(`^(dropped|${IP})$`),
      ]);
      await lab.script(
        'nft "table inet sallyport; delete table inet sallyport"; nft -f /tmp/table',
      );
      expect(await addressOf('10.244.1.11')).toBe(IP);
    }
    await lab.script('nft delete table inet sallyport-guard');
    expect(await addressOf('10.244.1.11')).toBe(IP);
    await lab.startAgent();
    await realize(here);
  }, 300_000);

  it('names a chain that translates first, and lets nothing out with its source', async () => {
    await realize(here);
    const rival = (priority: number): Promise<string> =>
      lab.script(`nft -f - <<END
table inet rival
delete table inet rival
table inet rival {
  chain post {
    type nat hook postrouting priority ${priority};
    ip saddr 10.244.0.0/16 ip daddr != 10.244.0.0/16 masquerade
  }
}
END`);
    for (const priority of [90, 0, -198]) {
      await rival(priority);
      expect(await addressOf('10.244.1.11')).toBe(IP);
    }
    await rival(-199);
    await lab.untilReported('the rival', ({ faults = [] }) =>
      faults.some(({ message }) => message.includes('chain post of table inet rival')),
    );
    expect(await addressOf('10.244.1.11')).toBe('dropped');
    await lab.script('nft delete table inet rival');
    await lab.untilReported('no fault', ({ faults = [] }) => faults.length === 0);
    expect(await addressOf('10.244.1.11')).toBe(IP);
  }, 300_000);

  it('with iptables deletes the conntrack entries that damaged rules let pass, also when it could not at first', async () => {
    await lab.stopAgent('SIGTERM');
    await lab.startAgent('--snat-backend=iptables');
    await realize(here);
    await lab.stopAgent('SIGTERM');
    await lab.script(
      'iptables -t nat -F SALLYPORT-POSTROUTING; sysctl -w net.netfilter.nf_conntrack_icmp_timeout=600',
    );
    expect(await addressOf('10.244.1.11')).toBe('192.168.77.11');
    // The kernel loads the module with the first request, when it can.
    const [modprobe = ''] = (await lab.script('sysctl -n kernel.modprobe')).split('\n');
    await lab.script('sysctl -w kernel.modprobe=/bin/false && rmmod nf_conntrack_netlink');
    await lab.startAgent('--snat-backend=iptables');
    await lab.untilReported('the failure of ctnetlink', ({ failure = '' }) =>
      failure.includes('ctnetlink'),
    );
    await lab.script(`sysctl -w kernel.modprobe=${modprobe}`);
    await realize(here);
    expect(await connectionsOf('10.244.1.11')).toEqual([]);
    expect(await addressOf('10.244.1.11')).toBe(IP);
    expect(await lab.dump()).not.toContain('UNREPAIRED');
    expect(await lab.plannedOperations('--snat-backend=iptables')).toBe('');
  }, 300_000);

  it('hands over from iptables to nftables, and back, without a connection with another source', async () => {
    await realize(here, there);
    for (const backend of ['nftables', 'iptables']) {
      await lab.stopAgent('SIGTERM');
      // A connection for each datagram.
      await lab.guest.script(`ip netns exec pod bash -c 'while sleep 0.02; do
  echo > /dev/udp/203.0.113.77/$((RANDOM + 1024))
done' > /dev/null & echo $! > /tmp/sender
ip netns exec n1 conntrack -E -e NEW -p udp --orig-src 10.244.1.11 > /tmp/opened & echo $! > /tmp/events`);
      await lab.startAgent(`--snat-backend=${backend}`);
      await realize(here, there);
      const opened = await lab.guest.script(
        'kill $(cat /tmp/sender) $(cat /tmp/events); cat /tmp/opened',
      );
      const sources = [...opened.stdout.matchAll(/src=203\.0\.113\.77 dst=(\S+)/g)].map(
        ([, source]) => source,
      );
      expect(new Set(sources)).toEqual(new Set([IP]));
      const dump = await lab.dump();
      expect(dump.includes('table inet sallyport {')).toBe(backend === 'nftables');
      expect(dump.includes('SALLYPORT-PODS')).toBe(backend === 'iptables');
      expect(await lab.plannedOperations(`--snat-backend=${backend}`)).toBe('');
    }
    await lab.stopAgent('SIGTERM');
    await lab.startAgent();
  }, 300_000);

  it('leaves the dataplane as it is when it is stopped, and keeps the SNAT ids when it comes back', async () => {
    await realize(here);
    // Sorts before the other, but comes second: an agent that numbered them anew would swap the
    // ids.
    await realize(group('first', 80, '192.168.77.100', 'n1', ['10.244.1.15']), here);
    const before = await lab.dump();
    expect(before).toContain(`== 0x00000001 counter snat ip to ${IP}`);
    await lab.stopAgent('SIGTERM');
    expect(await lab.dump()).toBe(before);
    expect(await lab.plannedOperations()).toBe('');
    await lab.startAgent();
    await realize(group('first', 80, '192.168.77.100', 'n1', ['10.244.1.15']), here, nowhere);
    await realize(group('first', 80, '192.168.77.100', 'n1', ['10.244.1.15']), here);
    expect(await lab.dump()).toBe(before);
  }, 300_000);

  it('reports an address when it changes, of loopback too, and none of Pods or its own', async () => {
    const reports =
      (ip: string, present: boolean) =>
      ({ addresses }: { readonly addresses: readonly string[] }): boolean =>
        addresses.includes(ip) === present;
    await realize();
    await lab.script(
      'ip addr add 192.168.77.99/32 dev lo; ip link add veth0 up type veth peer name veth1; ip addr add 10.244.1.1/32 dev veth0',
    );
    for (const present of [true, false]) {
      await lab.onNode('ip', 'addr', present ? 'add' : 'del', `${IP}/32`, 'dev', 'eth0');
      await lab.untilReported(`${IP} to be reported`, reports(IP, present));
      expect(lab.controller.lastReport?.addresses).toEqual(
        present ? ['192.168.77.11', IP, '192.168.77.99'] : ['192.168.77.11', '192.168.77.99'],
      );
    }
  }, 300_000);

  it('repeats its report when it is connected again', async () => {
    await realize(here);
    lab.controller.discardReports();
    await lab.untilReported('the same to be reported again', ({ addresses }) =>
      addresses.includes('192.168.77.11'),
    );
  }, 300_000);

  it('follows the MTU of the uplink, above 1500 too', async () => {
    for (const [uplink, gateway] of [
      [9000, 8950],
      [1500, 1450],
    ]) {
      await lab.onNode('ip', 'link', 'set', 'eth0', 'mtu', String(uplink));
      await waitFor(
        `egress-gw0 to have MTU ${String(gateway)}`,
        async () =>
          (await lab.onNode('ip', 'link', 'show', 'dev', 'egress-gw0')).includes(
            `mtu ${String(gateway)} `,
          ),
        { intervalMs: 250 },
      );
    }
  }, 300_000);

  it('has its tunnel on the configured port, and names the remedy when that is taken', async () => {
    const restart = async (...flags: readonly string[]): Promise<void> => {
      await lab.stopAgent('SIGTERM');
      await lab.startAgent(...flags);
    };
    await restart('--tunnel-port=6083');
    await realize(here, there);
    expect(await lab.onNode('ss', '-uln')).toMatch(/:6083 /);
    expect(await lab.onNode('ss', '-uln')).not.toMatch(/:6081 /);
    expect(await lab.plannedOperations('--tunnel-port=6083')).toBe('');
    await lab.script('ip link add others up type geneve external dstport 6084');
    await restart('--tunnel-port=6084');
    const { failure } = await lab.untilReported('the failure of the port', (report) =>
      (report.failure ?? '').includes('cannot make the port egress-tun0'),
    );
    expect(failure).toContain('give all agents another --tunnel-port');
    await lab.onNode('ip', 'link', 'del', 'others');
    await restart();
    // A command of the agent before may still be under way.
    await waitFor(
      'the tunnel to be on its port again',
      async () => (await lab.onNode('ss', '-uln')).includes(':6081 '),
      { intervalMs: 250 },
    );
  }, 300_000);

  it('listens to Nodes only, and sends from the address that they know, though the kernel would take another', async () => {
    await realize(here, there);
    // The guest is Node n2, and at first a stranger, with the gateway's own kind of tunnel.
    await lab.guest.script(`ip addr add 192.168.77.12/24 dev br-lan
ip link add others up type geneve id 77 remote 192.168.77.11
ip addr add 10.244.2.21/32 dev others
ip route add 203.0.113.10 dev others src 10.244.2.21
ip neigh add 203.0.113.10 lladdr 0a:58:00:00:00:02 dev others`);
    const requestsTaken = async (from: string): Promise<number> => {
      await lab.guest.script(
        `ip route replace 192.168.77.11 dev br-lan src ${from}; ping -c 2 -i 0.2 -W 1 203.0.113.10 || true`,
      );
      const flows = await lab.onNode(
        'ovs-ofctl',
        '-O',
        'OpenFlow15',
        'dump-flows',
        'br-egress',
        'table=1,tun_id=77,ip',
      );
      return Number(/n_packets=(\d+)/.exec(flows)?.[1]);
    };
    expect(await requestsTaken('192.168.77.1')).toBe(0);
    expect(await requestsTaken('192.168.77.12')).toBe(2);
    expect((await connectionsOf('10.244.2.21')).join()).toContain(`dst=${IP} `);
    // A packet that has lost its SNAT id on the way has no other address either.
    await lab.script(
      'conntrack -F; iptables -t mangle -A PREROUTING -i egress-gw0 -j MARK --or-mark 0x80',
    );
    expect(await requestsTaken('192.168.77.12')).toBe(4);
    expect(await connectionsOf('10.244.2.21')).toEqual([]);
    await lab.script('iptables -t mangle -D PREROUTING -i egress-gw0 -j MARK --or-mark 0x80');

    await lab.script(`ip addr add 192.168.77.98/24 dev eth0
ip route replace 192.168.77.12 dev eth0 src 192.168.77.98
ip addr add 10.244.1.12/32 dev lo
ip route add 203.0.113.9 via 169.254.77.254 dev egress-gw0 onlink src 10.244.1.12
for source in 192.168.77.11 192.168.77.98; do
  iptables -t mangle -A POSTROUTING -s $source -d 192.168.77.12 -p udp --dport 6081
done
ping -c 2 -i 0.2 -W 1 203.0.113.9 || true`);
    // The rules only count: packets of the tunnel have no conntrack entry.
    const counted = await lab.onNode('iptables', '-t', 'mangle', '-nvxL', 'POSTROUTING');
    expect(counted).toMatch(/^ +2 .* 192\.168\.77\.11 +192\.168\.77\.12 .*6081/m);
    expect(counted).toMatch(/^ +0 .* 192\.168\.77\.98 +192\.168\.77\.12 .*6081/m);
    expect(await lab.onNode('conntrack', '-L', '-p', 'udp')).not.toContain('dport=6081');

    await lab.script(`for source in 192.168.77.11 192.168.77.98; do
  iptables -t mangle -D POSTROUTING -s $source -d 192.168.77.12 -p udp --dport 6081
done`);
    await lab.script(`ip route del 203.0.113.9; ip route del 192.168.77.12
ip addr del 10.244.1.12/32 dev lo; ip addr del 192.168.77.98/24 dev eth0`);
    await lab.guest.script(
      'ip link del others; ip route del 192.168.77.11; ip addr del 192.168.77.12/24 dev br-lan',
    );
    expect(await lab.plannedOperations()).toBe('');
  }, 300_000);

  it('reports a failed operation with the words of the tool, and applies it when the tool works', async () => {
    await realize(here);
    await lab.onNode('sh', '-c', 'kill $(cat /run/openvswitch/ovs-vswitchd.pid)');
    expect(await addressOf('10.244.1.16')).toBe('192.168.77.11');
    const withAnother = group('here', 77, IP, 'n1', ['10.244.1.11', '10.244.1.16']);
    lab.controller.publishGroups('n1', [withAnother, there]);
    const { realizedResourceVersion } = await lab.untilReported(
      'the failure of ovs-ofctl',
      ({ failure = '' }) => failure.includes('ovs-ofctl'),
    );
    // A Pod that was selected meanwhile waits; one that was selected before does not.
    await waitFor(
      'the newly selected Pod to be blocked',
      async () => (await addressOf('10.244.1.16')) === 'dropped',
    );
    expect(await addressOf('10.244.1.11')).toBe(IP);
    expect(Number(realizedResourceVersion)).toBeLessThan(
      lab.controller.publishGroups('n1', [withAnother, there]),
    );
    await lab.script(
      'ovs-vswitchd unix:/run/openvswitch/db.sock --detach --pidfile --log-file -vconsole:off',
    );
    await realize(withAnother, there);
    expect(await addressOf('10.244.1.16')).toBe(IP);
    expect(await lab.plannedOperations()).toBe('');
  }, 300_000);
});

function group(
  name: string,
  tunnelID: number,
  egressIP: string,
  gateway: 'n1' | 'n2' | undefined,
  podIPs: readonly string[],
): Unversioned<EgressGroup> {
  return {
    apiVersion,
    kind: 'EgressGroup',
    metadata: { name, uid: `uid-of-${name}` },
    tunnelID,
    egressIPs: [egressIP],
    ...(gateway === undefined
      ? {}
      : {
          gateway: {
            nodeName: gateway,
            nodeIP: gateway === 'n1' ? '192.168.77.11' : '192.168.77.12',
          },
        }),
    groupMembers: podIPs.map((ip) => ({
      pod: { namespace: 'prod', name: `pod-${ip}` },
      ips: [ip],
    })),
  };
}
