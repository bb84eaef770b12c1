import type { Stream } from '@sallyport/lab';
import { change } from '@sallyport/lab';
import type { World } from '../world.ts';
import { applyEgress, IP, untilNoPodIsRedirected, untilRealized } from '../world.ts';
import { nodeAddress, whileSending } from './while-sending.ts';

/** Connections that were open before an Egress applied, or before it was deleted. */
export function oldConnections(world: () => World): void {
  // Where only the server talks, its packets keep coming through the tunnel that the Pod's do not
  // take any more.
  it.each(['echo', 'push'] as const)(
    'connections from before a change never get a wrong address (%s)',
    async (mode) => {
      const { n1 } = world().web;
      await withStream(world(), mode, async () => {
        await applied(world(), () =>
          whileSending([n1], async ([traffic]) => traffic?.untilSource(IP)),
        );
        await withStream(world(), mode, () =>
          deleted(world(), () => whileSending([n1], async ([traffic]) => traffic?.more(10))),
        );
      });
    },
  );

  it('connections from before a change are ended and not left hanging', async () => {
    await withStream(world(), 'echo', (stream) => applied(world(), () => stream.untilClosed()));
    await withStream(world(), 'echo', (stream) => deleted(world(), () => stream.untilClosed()));
  });
}

/** Runs `body` with a stream of the Pod on n1, which is closed afterwards. */
async function withStream(
  { web }: World,
  mode: 'echo' | 'push',
  body: (stream: Stream) => Promise<unknown>,
): Promise<void> {
  const stream = await web.n1.openStream({ mode });
  try {
    await body(stream);
  } finally {
    await stream.close();
  }
}

/** Applies the Egress to the Pod on n1, which leaves with the Node's IP until then. */
async function applied(world: World, meanwhile: () => Promise<unknown>): Promise<void> {
  const { cluster, web } = world;
  await cluster.sniffer.phase(
    'applied',
    [{ flow: web.n1.flow, expect: change(nodeAddress(world)(web.n1), IP) }],
    async () => {
      await applyEgress(world, 'egress-web');
      await untilRealized(world, 'egress-web');
      await meanwhile();
    },
  );
}

/** And deletes it again. */
async function deleted(world: World, meanwhile: () => Promise<unknown>): Promise<void> {
  const { cluster, web } = world;
  await cluster.sniffer.phase(
    'deleted',
    [{ flow: web.n1.flow, expect: change(IP, nodeAddress(world)(web.n1)) }],
    async () => {
      await cluster.kubectl(['delete', 'egress', 'egress-web']);
      await untilNoPodIsRedirected(cluster);
      await meanwhile();
    },
  );
}
