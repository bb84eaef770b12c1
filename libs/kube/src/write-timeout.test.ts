import { writeEgressStatus } from './egress-status-writer.ts';
import type { KubeClient, KubeRequest } from './kube-client.ts';
import { recordEvent } from './record-event.ts';

const client: KubeClient = { server: 'http://127.0.0.1', open: never, json: never };
const event = { type: 'Normal', reason: 'Assigned', message: 'Node n1 holds 192.0.2.10' } as const;

describe('a write without an answer', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['a status', () => writeEgressStatus(client, { name: 'web', resourceVersion: '7' }, {}, 5)],
    ['an Event', () => recordEvent(client, { name: 'web', uid: 'u1' }, event, new Date(0), 5)],
  ])('is given up: %s', async (_, write) => {
    await expect(write()).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

/** An API server that takes requests and never answers. */
function never({ signal }: KubeRequest): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
    // The timer of a signal does not keep a process alive.
    setTimeout(() => {
      reject(new Error('waits for ever'));
    }, 1000).unref();
  });
}
