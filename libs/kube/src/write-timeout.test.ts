import { writeEgressStatus } from './egress-status-writer.ts';
import { createEventRecorder } from './event-recorder.ts';
import type { KubeClient, KubeRequest } from './kube-client.ts';

const client: KubeClient = { server: 'http://127.0.0.1', open: never, json: never };
const event = { type: 'Normal', reason: 'Assigned', message: 'Node n1 has 192.0.2.10' } as const;

describe('a write without an answer', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['a status', () => writeEgressStatus(client, { name: 'web', resourceVersion: '7' }, {}, 5)],
    ['an Event', () => createEventRecorder(client, 5).record({ name: 'web', uid: 'u1' }, event, 0)],
  ])('is given up after its time limit: %s', async (_, write) => {
    await expect(write()).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

/** Never answers, like an API server that hangs. */
function never({ signal }: KubeRequest): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
    setTimeout(() => {
      reject(new Error('no time limit'));
    }, 1000).unref();
  });
}
