import { EXTERNAL_SERVER } from '@sallyport/lab';
import type { World } from '../world.ts';
import { applyEgress, cleanUp, each, IP, untilRealized } from '../world.ts';

/** A setting of the Nodes, beside which Pods of the gateway and of other Nodes have answers. */
interface Setting {
  readonly name: string;
  readonly nodes: readonly ('n1' | 'n2')[];
  readonly set: string;
  readonly undo: string;
}

const settings: readonly Setting[] = [
  ...([0, 1, 2] as const).flatMap((filter) =>
    ([0, 1] as const).map((valid): Setting => ({
      name: `rp_filter ${filter} and src_valid_mark ${valid}`,
      nodes: ['n1', 'n2'],
      set: `save=/tmp/sysctls-$(ip netns identify); test -e $save || sysctl -a -r 'conf.*(rp_filter|src_valid_mark)$' > $save
for device in all eth0; do
  sysctl -qw net.ipv4.conf.$device.rp_filter=${filter} net.ipv4.conf.$device.src_valid_mark=${valid}
done`,
      undo: 'sysctl -qp /tmp/sysctls-$(ip netns identify)',
    })),
  ),
  {
    name: 'no default route on the Node of the Pod',
    nodes: ['n1'],
    set: 'ip route show default > /tmp/default-$(ip netns identify); ip route del default',
    undo: 'ip route add $(cat /tmp/default-$(ip netns identify))',
  },
];

export function underlays(world: () => World): void {
  describe('other settings of the Nodes', () => {
    afterEach(() => cleanUp(world()));

    it('answers come back with any check of sources, and without a default route', async () => {
      const { cluster, web } = world();
      await realizeOnN2(world());
      for (const { name, nodes, set, undo } of settings) {
        await onNodes(world(), nodes, set);
        try {
          await cluster.sniffer.phase(name, each([IP, web.n1], [IP, web.n2]), async () => {
            for (const pod of [web.n1, web.n2]) {
              const answer = await pod.request().catch(String);
              expect([name, pod.node, answer]).toEqual([name, pod.node, IP]);
            }
          });
        } finally {
          await onNodes(world(), nodes, undo);
        }
      }
    });

    it('an egress IP on a second interface leaves by that one, with its own route table', async () => {
      const { cluster, web } = world();
      await cluster.guest.script(SECOND_INTERFACE);
      try {
        await applyEgress(world(), 'egress-web', { egressIP: SECOND_IP });
        await untilRealized(world(), 'egress-web');
        for (const pod of [web.n1, web.n2]) {
          const answer = await pod.request().catch(String);
          expect([pod.node, answer]).toEqual([pod.node, SECOND_IP]);
        }
        const { stdout } = await cluster.node('n2').script('nft list table ip watch-second');
        expect(stdout).toContain('counter packets 0 ');
      } finally {
        await cluster.guest.script(
          'ip -n n2 link del eth1; ip -n n2 rule del priority 500; ip netns exec n2 nft delete table ip watch-second',
        );
      }
    });

    it('a Pod learns the MTU of the way to its gateway', async () => {
      const { cluster, web } = world();
      await realizeOnN2(world());
      const route = `${cluster.node('n2').ip}/32 dev eth0`;
      await cluster.node('n1').script(`ip route add ${route} mtu 1400`);
      try {
        const { stdout } = await cluster.guest.script(
          `ping -n -c 2 -W 2 -s 1400 -M do ${EXTERNAL_SERVER.ip} 2>&1 || true`,
          { netns: web.n1.netns },
        );
        expect(stdout).toMatch(/mtu ?= ?1350/);
      } finally {
        await cluster.node('n1').script(`ip route del ${route}`);
      }
    });
  });
}

/** The egress IP of the second interface, outside of the Nodes' network. */
const SECOND_IP = '198.51.100.50';

/** On n2, with a strict check of sources; its other end is in the namespace of the server. */
const SECOND_INTERFACE = `
ip link add eth1 netns n2 type veth peer name second netns ${EXTERNAL_SERVER.netns}
ip -n ${EXTERNAL_SERVER.netns} address add 198.51.100.1/24 dev second
ip -n ${EXTERNAL_SERVER.netns} link set second up
ip -n n2 address add ${SECOND_IP}/24 dev eth1
ip -n n2 link set eth1 up
ip netns exec n2 sysctl -qw net.ipv4.conf.eth1.rp_filter=1
ip -n n2 route add default via 198.51.100.1 dev eth1 table 100
ip -n n2 rule add from 198.51.100.0/24 lookup 100 priority 500
ip netns exec n2 nft -f - <<END
table ip watch-second {
  chain leaving {
    type filter hook postrouting priority 300
    oifname eth0 ip saddr ${SECOND_IP} counter
  }
}
END`;

async function realizeOnN2(world: World): Promise<void> {
  await world.cluster.node('n2').addAddress(IP);
  await applyEgress(world, 'egress-web');
  await untilRealized(world, 'egress-web');
}

async function onNodes({ cluster }: World, nodes: Setting['nodes'], script: string): Promise<void> {
  await Promise.all(nodes.map((node) => cluster.node(node).script(script)));
}
