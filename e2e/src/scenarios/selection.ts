import { nothing } from '@sallyport/lab';
import type { World } from '../world.ts';
import {
  applyEgress,
  cleanUp,
  each,
  IP,
  says,
  untilDropped,
  untilRealized,
  untilStatus,
} from '../world.ts';

export function selection(world: () => World): void {
  describe('selection', () => {
    afterEach(() => cleanUp(world()));

    selected(world);
    answers(world);
    status(world);
    withoutGateway(world);
  });
}

function selected(world: () => World): void {
  it.each(['n1', 'n2'] as const)(
    'selected Pods of every Node leave with the egress IP on %s, the others with their Node’s IP',
    async (gateway) => {
      const { cluster, web, db, devWeb } = world();
      await cluster.node(gateway).addAddress(IP);
      await applyEgress(world(), 'egress-web');
      await untilRealized(world(), 'egress-web');
      const expected = each(
        [IP, web.n1],
        [IP, web.n2],
        [IP, web.n3],
        [cluster.node('n1').ip, db],
        [cluster.node('n1').ip, devWeb],
      );
      const before = cluster.sniffer.packets.length;
      await cluster.sniffer.phase('the Egress is realized', expected, async () => {
        for (const pod of [web.n1, web.n2, web.n3]) {
          expect(await pod.request()).toBe(IP);
          expect(await pod.requestUDP()).toBe(IP);
          await pod.ping();
        }
        for (const pod of [db, devWeb]) {
          expect(await pod.request()).toBe(cluster.node('n1').ip);
        }
      });
      // A ping has no port, and so belongs to no flow of the phase.
      const pings = cluster.sniffer.packets
        .slice(before)
        .filter(({ line }) => line.includes('ICMP echo request'));
      expect(pings.map(({ source }) => source)).toEqual([IP, IP, IP]);
    },
  );
}

function answers(world: () => World): void {
  it('answers come back through the tunnel, without a route of the CNI to the Pod', async () => {
    const { cluster, web } = world();
    const [pods, gateway] = [cluster.node('n1'), cluster.node('n2')];
    await gateway.addAddress(IP);
    await applyEgress(world(), 'egress-web');
    await untilRealized(world(), 'egress-web');
    await gateway.script(`ip route del ${pods.podCIDR}`);
    try {
      await cluster.sniffer.phase('without the route', each([IP, web.n1]), async () => {
        expect(await web.n1.request()).toBe(IP);
      });
    } finally {
      await gateway.script(`ip route add ${pods.podCIDR} via ${pods.ip}`);
    }
  });
}

function status(world: () => World): void {
  it('names the gateway in the status', async () => {
    const { cluster } = world();
    await applyEgress(world(), 'egress-web');
    await untilStatus(world(), 'egress-web', says('IPAssigned', 'False'), 'no Node has the IP');
    await cluster.node('n3').addAddress(IP);
    await untilStatus(
      world(),
      'egress-web',
      ({ egressNode, egressIP }) => egressNode === 'n3' && egressIP === IP,
      'n3 is the gateway',
    );
    await untilRealized(world(), 'egress-web');
    expect(await cluster.kubectl(['get', 'sallyport', '-o', 'wide'])).toMatch(
      /^NAME +EGRESSIP +AGE +NODE +READY +PODS +REASON\n\S+ +192\.168\.77\.200 +\S+ +n3 +True +3 +Realized\n$/,
    );
  });
}

function withoutGateway(world: () => World): void {
  it('drops packets of selected Pods while no Node, or more than one, has the IP', async () => {
    const { cluster, web, db } = world();
    const pods = [web.n1, web.n2];
    const traffic = await Promise.all(pods.map((pod) => pod.startTraffic({ timeoutMs: 500 })));
    const areDropped = async (phase: string): Promise<void> => {
      // A request that fails may just have been slow, and its end be on its way yet.
      await Promise.all(pods.map((pod) => untilDropped(world(), pod)));
      const expected = [
        ...pods.map((pod) => ({ flow: pod.flow, expect: nothing() })),
        ...each([cluster.node('n1').ip, db]),
      ];
      await cluster.sniffer.phase(phase, expected, async () => {
        await Promise.all(traffic.map((one) => one.more(3)));
        expect(await db.request()).toBe(cluster.node('n1').ip);
      });
    };
    try {
      await applyEgress(world(), 'egress-web');
      await areDropped('no Node has the IP');

      await cluster.node('n2').addAddress(IP);
      await Promise.all(traffic.map((one) => one.untilSource(IP)));
      await cluster.node('n3').addAddress(IP);
      await areDropped('two Nodes have the IP');
      await untilStatus(
        world(),
        'egress-web',
        says('IPAssigned', 'False', 'n2', 'n3'),
        'n2 and n3 have the IP',
      );
    } finally {
      await Promise.all(traffic.map((one) => one.stop()));
    }
  });

  it('lets them leave with the Node’s IP instead when the Egress says so', async () => {
    const { cluster, web } = world();
    await applyEgress(world(), 'egress-web', { unavailable: 'NodeIP' });
    await untilStatus(world(), 'egress-web', says('IPAssigned', 'False'), 'no Node has the IP');
    await cluster.sniffer.phase(
      'unavailable: NodeIP',
      each([cluster.node('n1').ip, web.n1]),
      async () => {
        expect(await web.n1.request()).toBe(cluster.node('n1').ip);
      },
    );
  });
}
