import type { Egress } from '@sallyport/api';
import { CRD_GROUP, STORAGE_VERSION } from '@sallyport/api';
import type { EgressEvent, EventHistory, EventWrite } from './event-correlator.ts';
import { correlate, isExpired, NO_EVENTS } from './event-correlator.ts';
import type { KubeClient, KubeRequest } from './kube-client.ts';
import { KubeApiError, WRITE_TIMEOUT_MS } from './kube-client.ts';

/** Writes Events about Egresses. Needs the rights to create and to patch Events in `default`. */
export interface EventRecorder {
  /**
   * Records that `event` happened at `nowMs` (milliseconds since 1970). Equal Events raise the
   * count of one Event object; an Egress with very many has none written for a while. Rejects with
   * KubeApiError, and with a TimeoutError when no answer comes in time.
   */
  record(egress: EgressIdentity, event: EgressEvent, nowMs: number): Promise<void>;
}

type EgressIdentity = Pick<Egress, 'name' | 'uid'>;

/** Events of cluster-scoped objects are in this Namespace, like those of Nodes. */
const NAMESPACE = 'default';

/** Keeps the histories in memory only. `timeoutMs` limits each write to the API server. */
export function createEventRecorder(
  client: KubeClient,
  timeoutMs = WRITE_TIMEOUT_MS,
): EventRecorder {
  /** By uid of the Egress, the one with the latest Event last. */
  const histories = new Map<string, EventHistory>();

  const dropExpired = (nowMs: number): void => {
    for (const [uid, history] of histories) {
      if (!isExpired(history, nowMs)) {
        return;
      }
      histories.delete(uid);
    }
  };

  return {
    async record(egress, event, nowMs) {
      dropExpired(nowMs);
      const previous = histories.get(egress.uid) ?? NO_EVENTS;
      const { history, write } = correlate(previous, egress.name, event, nowMs);
      histories.delete(egress.uid);
      histories.set(egress.uid, history);
      if (write !== undefined) {
        await apply(client, egress, write, AbortSignal.timeout(timeoutMs));
      }
    },
  };
}

async function apply(
  client: KubeClient,
  egress: EgressIdentity,
  write: EventWrite,
  signal: AbortSignal,
): Promise<void> {
  if (write.op === 'count') {
    // The API server may have deleted the Event, or never received it.
    if ((await unless(404, client, { ...countRequest(write), signal })) === 'done') {
      return;
    }
  }
  // The name is ours: if the Event exists, this same request has been carried out before.
  await unless(409, client, { ...createRequest(egress, write), signal });
}

/** Sends a request; an answer with `status` is no error. */
async function unless(
  status: number,
  client: KubeClient,
  request: KubeRequest,
): Promise<'done' | 'refused'> {
  try {
    await client.json(request);
    return 'done';
  } catch (error) {
    if (error instanceof KubeApiError && error.status === status) {
      return 'refused';
    }
    throw error;
  }
}

function countRequest({ name, event, count, lastMs }: EventWrite): KubeRequest {
  return {
    method: 'PATCH',
    path: `/api/v1/namespaces/${NAMESPACE}/events/${encodeURIComponent(name)}`,
    contentType: 'application/merge-patch+json',
    // The message of combined Events is that of the latest.
    body: { count, lastTimestamp: timestampOf(lastMs), message: event.message },
    repeatable: true,
  };
}

function createRequest(
  egress: EgressIdentity,
  { name, event, count, firstMs, lastMs }: EventWrite,
): KubeRequest {
  return {
    method: 'POST',
    path: `/api/v1/namespaces/${NAMESPACE}/events`,
    body: {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace: NAMESPACE },
      involvedObject: {
        apiVersion: `${CRD_GROUP}/${STORAGE_VERSION}`,
        kind: 'Egress',
        name: egress.name,
        uid: egress.uid,
      },
      ...event,
      source: { component: 'sallyport-controller' },
      reportingComponent: 'sallyport-controller',
      firstTimestamp: timestampOf(firstMs),
      lastTimestamp: timestampOf(lastMs),
      count,
    },
    repeatable: true,
  };
}

/** The Kubernetes type Time: RFC 3339 in whole seconds. */
function timestampOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
