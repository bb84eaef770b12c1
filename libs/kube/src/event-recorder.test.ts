import type { EgressEvent } from './event-correlator.ts';
import { createEventRecorder } from './event-recorder.ts';
import type { KubeClient, KubeRequest } from './kube-client.ts';
import { KubeApiError } from './kube-client.ts';

const web = { name: 'web', uid: 'u1' };
const START = Date.parse('2026-01-02T03:04:05.678Z');
const assigned: EgressEvent = {
  type: 'Normal',
  reason: 'Assigned',
  message: 'Node n1 has 192.0.2.10',
};
const missing: EgressEvent = {
  type: 'Warning',
  reason: 'NoNode',
  message: 'no Node has 192.0.2.10',
};

/** The Events of an API server: POST and PATCH of one resource. */
class StoredEvents {
  readonly events = new Map<string, Readonly<Record<string, unknown>>>();
  readonly methods: string[] = [];
  refuse: number | undefined;

  readonly client: KubeClient = {
    server: 'http://127.0.0.1',
    open: () => Promise.reject(new Error('not used')),
    json: (request) => {
      this.methods.push(request.method);
      return Promise.resolve().then(() => this.#carryOut(request));
    },
  };

  #carryOut({ method, path, body, contentType }: KubeRequest): unknown {
    if (this.refuse !== undefined) {
      throw new KubeApiError(this.refuse, 'refused');
    }
    const event = body as Readonly<Record<string, unknown>>;
    const collection = '/api/v1/namespaces/default/events';
    if (method === 'POST' && path === collection) {
      const { name } = event.metadata as { readonly name: string };
      if (this.events.has(name)) {
        throw new KubeApiError(409, 'already exists');
      }
      this.events.set(name, event);
      return event;
    }
    const name = path.slice(collection.length + 1);
    const stored = this.events.get(name);
    if (method !== 'PATCH' || contentType !== 'application/merge-patch+json' || !stored) {
      throw new KubeApiError(404, `${method} ${path}`);
    }
    this.events.set(name, { ...stored, ...event });
    return event;
  }
}

describe('an event recorder', () => {
  it('writes an Event that kubectl describe finds', async () => {
    const { client, events } = new StoredEvents();
    await createEventRecorder(client).record(web, assigned, START);
    expect([...events.values()]).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `web.${START.toString(16)}-0`, namespace: 'default' },
        involvedObject: {
          apiVersion: 'crd.antrea.io/v1beta1',
          kind: 'Egress',
          name: 'web',
          uid: 'u1',
        },
        type: 'Normal',
        reason: 'Assigned',
        message: 'Node n1 has 192.0.2.10',
        source: { component: 'sallyport-controller' },
        reportingComponent: 'sallyport-controller',
        firstTimestamp: '2026-01-02T03:04:05Z',
        lastTimestamp: '2026-01-02T03:04:05Z',
        count: 1,
      },
    ]);
  });

  it('counts ten flaps of an IP in two Events', async () => {
    const { client, events } = new StoredEvents();
    const recorder = createEventRecorder(client);
    for (let flap = 0; flap < 10; flap += 1) {
      await recorder.record(web, missing, START + flap * 600);
      await recorder.record(web, assigned, START + flap * 600 + 300);
    }
    const lastTimestamp = '2026-01-02T03:04:11Z';
    expect([...events.values()]).toMatchObject([
      { ...missing, count: 10, firstTimestamp: '2026-01-02T03:04:05Z', lastTimestamp },
      { ...assigned, count: 10, firstTimestamp: '2026-01-02T03:04:05Z', lastTimestamp },
    ]);
  });

  it('limits the writes of each Egress, not those of all together', async () => {
    const stored = new StoredEvents();
    const recorder = createEventRecorder(stored.client);
    for (let index = 0; index < 40; index += 1) {
      await recorder.record(web, missing, START);
    }
    expect(stored.methods).toHaveLength(25);
    await recorder.record({ name: 'db', uid: 'u2' }, missing, START);
    expect(stored.methods).toHaveLength(26);
  });

  it('creates an Event again that the API server has deleted, with its count', async () => {
    const { client, events } = new StoredEvents();
    const recorder = createEventRecorder(client);
    await recorder.record(web, missing, START);
    events.clear();
    await recorder.record(web, missing, START + 1000);
    expect([...events.values()]).toMatchObject([{ ...missing, count: 2 }]);
  });

  it('takes an Event that exists already for the one that it just wrote', async () => {
    const stored = new StoredEvents();
    await createEventRecorder(stored.client).record(web, missing, START);
    await createEventRecorder(stored.client).record(web, missing, START);
    expect(stored.methods).toEqual(['POST', 'POST']);
    expect(stored.events.size).toBe(1);
  });

  it('reports the refusal of the API server, and counts the Event all the same', async () => {
    const stored = new StoredEvents();
    const recorder = createEventRecorder(stored.client);
    stored.refuse = 403;
    await expect(recorder.record(web, missing, START)).rejects.toMatchObject({ status: 403 });
    stored.refuse = undefined;
    await recorder.record(web, missing, START);
    expect([...stored.events.values()]).toMatchObject([{ count: 2 }]);
  });
});
