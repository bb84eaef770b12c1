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

async function realizeOnN2(world: World): Promise<void> {
  await world.cluster.node('n2').addAddress(IP);
  await applyEgress(world, 'egress-web');
  await untilRealized(world, 'egress-web');
}

async function onNodes({ cluster }: World, nodes: Setting['nodes'], script: string): Promise<void> {
  await Promise.all(nodes.map((node) => cluster.node(node).script(script)));
}
