import type { Expectation, LabPod, Traffic } from '@sallyport/lab';
import { change } from '@sallyport/lab';
import type { World } from '../world.ts';
import { each, IP } from '../world.ts';

/** The source address that a Pod's external packets have. */
export type SourceOf = (pod: LabPod) => string;

/** Without an Egress, a Pod leaves with the address of its Node. */
export function nodeAddress({ cluster }: World): SourceOf {
  return (pod) => cluster.node(pod.node).ip;
}

/** With `egress-web`, every selected Pod leaves with the egress IP. */
export function egressAddress(): string {
  return IP;
}

/**
 * Makes a change, waits until the traffic shows it, then checks that nothing else is seen any
 * more.
 */
export async function becomes(
  world: World,
  name: string,
  from: SourceOf,
  to: SourceOf,
  make: () => Promise<unknown>,
): Promise<void> {
  const { cluster, web } = world;
  await whileSending([web.n1, web.n2], async ([first, second]) => {
    await cluster.sniffer.phase(name, changing(world, change, from, to), async () => {
      await make();
      await first?.untilSource(to(web.n1));
      await second?.untilSource(to(web.n2));
    });
    await cluster.sniffer.phase(
      `${name}, afterwards`,
      each([to(web.n1), web.n1], [to(web.n2), web.n2]),
      async () => {
        await Promise.all([first?.more(5), second?.more(5)]);
      },
    );
  });
}

/**
 * From `from` to `to` on the wire, never back and nothing else, for the Pods on n1 (another
 * Node) and n2 (the gateway).
 */
export function changing(
  { web }: World,
  expect: (from: string, to: string) => Expectation,
  from: SourceOf,
  to: SourceOf,
): { flow: LabPod['flow']; expect: Expectation }[] {
  return [web.n1, web.n2].map((pod) => ({
    flow: pod.flow,
    expect: expect(from(pod), to(pod)),
  }));
}

/** Traffic of a Pod goes on while something changes. */
export async function whileSending(
  pods: readonly LabPod[],
  body: (traffic: readonly Traffic[]) => Promise<unknown>,
): Promise<void> {
  const traffic = await Promise.all(pods.map((pod) => pod.startTraffic()));
  try {
    await body(traffic);
  } finally {
    await Promise.all(traffic.map((one) => one.stop()));
  }
}
