import type { World } from '../world.ts';
import { applyEgress, cleanUp, each, IP, untilRealized } from '../world.ts';

const PODS = '10.244.0.0/16';

/**
 * The masquerade of CNIs, as their sources of 2025 make it, registered after ours: of two NAT
 * chains with one priority the younger comes first. `undo` takes it away.
 */
const MASQUERADES: readonly {
  readonly name: string;
  readonly rules: string;
  readonly undo: string;
}[] = [
  nftables('kindnet with nftables, today', 'inet kindnet-ipmasq', 'srcnat - 10'),
  nftables('kindnet with nftables, before', 'inet kindnet-ipmasq', 'srcnat - 5'),
  nftables('flannel with nftables', 'ip flannel-ipv4', 'srcnat'),
  nftables('a CNI that wants to be first', 'inet first', '-198'),
  {
    name: 'flannel with iptables-legacy',
    rules: `iptables-legacy -t nat -I POSTROUTING 1 -s ${PODS} ! -d ${PODS} -j MASQUERADE`,
    undo: `iptables-legacy -t nat -D POSTROUTING -s ${PODS} ! -d ${PODS} -j MASQUERADE`,
  },
  {
    name: 'Calico with iptables, which inserts its rule again all the time',
    rules: `iptables -t nat -N cali-POSTROUTING
iptables -t nat -A cali-POSTROUTING -s ${PODS} ! -d ${PODS} -j MASQUERADE
setsid bash -c 'while sleep 0.1; do
  iptables -t nat -D POSTROUTING -j cali-POSTROUTING
  iptables -t nat -I POSTROUTING 1 -j cali-POSTROUTING
done' > /dev/null 2>&1 &
echo $! > /tmp/felix-$(ip netns identify)`,
    undo: `kill $(cat /tmp/felix-$(ip netns identify)); sleep 0.3
iptables -t nat -D POSTROUTING -j cali-POSTROUTING || true
iptables -t nat -F cali-POSTROUTING; iptables -t nat -X cali-POSTROUTING`,
  },
];

export function besideOtherCnis(world: () => World): void {
  describe('beside the masquerade of another CNI', () => {
    afterEach(() => cleanUp(world()));

    it('Pods of the gateway and of other Nodes leave with the egress IP, whatever its chain', async () => {
      const { cluster, web, devWeb } = world();
      await cluster.node('n2').addAddress(IP);
      await applyEgress(world(), 'egress-web');
      await untilRealized(world(), 'egress-web');
      for (const { name, rules, undo } of MASQUERADES) {
        await Promise.all(cluster.nodes.map((node) => node.script(rules)));
        try {
          await cluster.sniffer.phase(
            name,
            each([IP, web.n1], [IP, web.n2], [IP, web.n3], [cluster.node('n1').ip, devWeb]),
            async () => {
              for (const pod of [web.n1, web.n2, web.n3]) {
                expect([name, await pod.request()]).toEqual([name, IP]);
              }
              expect(await devWeb.request()).toBe(cluster.node('n1').ip);
            },
          );
        } finally {
          await Promise.all(cluster.nodes.map((node) => node.script(undo)));
        }
      }
      // Nothing of this was a reason for a fault.
      await untilRealized(world(), 'egress-web');
    });
  });
}

function nftables(name: string, table: string, priority: string): (typeof MASQUERADES)[number] {
  return {
    name,
    rules: `nft -f - <<END
table ${table} {
  chain postrouting {
    type nat hook postrouting priority ${priority};
    ip saddr ${PODS} ip daddr != ${PODS} masquerade
  }
}
END`,
    undo: `nft delete table ${table}`,
  };
}
