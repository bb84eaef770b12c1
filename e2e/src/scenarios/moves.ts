import { waitFor } from '@sallyport/kit';
import { mayChange } from '@sallyport/lab';
import type { World } from '../world.ts';
import { applyEgress, each, GUEST_POLL, IP, untilRealized, untilStatus } from '../world.ts';
import { whileSending } from './while-sending.ts';

/** The egress IP moves to another Node; a Pod comes and goes. */
export function moves(world: () => World): void {
  ipMoves(world);
  podComesAndGoes(world);
}

function ipMoves(world: () => World): void {
  it('the IP is moved by hand to another Node, and nothing leaves with another address meanwhile', async () => {
    const { cluster, web } = world();
    await applyEgress(world(), 'egress-web');
    await untilRealized(world(), 'egress-web');
    await whileSending([web.n1, web.n2, web.n3], async (traffic) => {
      await cluster.sniffer.phase(
        'moved',
        each([IP, web.n1], [IP, web.n2], [IP, web.n3]),
        async () => {
          await cluster.node('n2').removeAddress(IP);
          await cluster.node('n3').addAddress(IP);
          await untilStatus(
            world(),
            'egress-web',
            ({ egressNode }) => egressNode === 'n3',
            'n3 is the gateway',
          );
          await untilRealized(world(), 'egress-web');
          await Promise.all(traffic.map((one) => one.untilSource(IP)));
          await Promise.all(traffic.map((one) => one.more(5)));
        },
      );
    });
  });
}

function podComesAndGoes(world: () => World): void {
  it('a Pod is selected when it is created after the Egress, and left out when it is gone', async () => {
    const { cluster } = world();
    await applyEgress(world(), 'egress-web');
    await untilRealized(world(), 'egress-web');
    const pod = await cluster.createPod({
      name: 'web-new',
      namespace: 'prod',
      node: 'n1',
      labels: { role: 'web' },
    });
    try {
      await whileSending([pod], async ([traffic]) => {
        await cluster.sniffer.phase(
          'the Pod is new',
          [{ flow: pod.flow, expect: mayChange(cluster.node('n1').ip, IP) }],
          async () => {
            await traffic?.untilSource(IP);
          },
        );
        await cluster.sniffer.phase('the Pod is known', each([IP, pod]), async () => {
          await traffic?.more(5);
        });
      });
    } finally {
      await cluster.kubectl(['delete', 'pod', '-n', 'prod', 'web-new', '--wait']);
    }
    // The next Pod with its address may be one that no Egress selects.
    await waitFor(
      'the deleted Pod, and no other, to be removed from the sets',
      async () => {
        const { stdout } = await cluster.node('n1').script('nft list set inet sallyport pods4');
        return stdout.includes(world().web.n1.ip) && !stdout.includes(pod.ip);
      },
      GUEST_POLL,
    );
  });
}
