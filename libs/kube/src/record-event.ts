import type { Egress } from '@sallyport/api';
import { CRD_GROUP, STORAGE_VERSION } from '@sallyport/api';
import type { KubeClient } from './kube-client.ts';
import { WRITE_TIMEOUT_MS } from './kube-client.ts';

/** Something that happened to an Egress, for `kubectl describe`. */
export interface EgressEvent {
  readonly type: 'Normal' | 'Warning';
  /** A CamelCase word. */
  readonly reason: string;
  /** A sentence. */
  readonly message: string;
}

/** Events of cluster-scoped objects live here, as those of Nodes do. */
const NAMESPACE = 'default';

/**
 * Records one Event. Rejects with KubeApiError, and with an AbortError without an answer in time.
 */
export async function recordEvent(
  client: KubeClient,
  { name, uid }: Pick<Egress, 'name' | 'uid'>,
  { type, reason, message }: EgressEvent,
  now: Date,
  timeoutMs = WRITE_TIMEOUT_MS,
): Promise<void> {
  const timestamp = now.toISOString().replace(/\.\d+Z$/, 'Z');
  await client.json({
    method: 'POST',
    path: `/api/v1/namespaces/${NAMESPACE}/events`,
    body: {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { generateName: `${name}.`, namespace: NAMESPACE },
      involvedObject: { apiVersion: `${CRD_GROUP}/${STORAGE_VERSION}`, kind: 'Egress', name, uid },
      type,
      reason,
      message,
      source: { component: 'sallyport-controller' },
      reportingComponent: 'sallyport-controller',
      firstTimestamp: timestamp,
      lastTimestamp: timestamp,
      count: 1,
    },
    signal: AbortSignal.timeout(timeoutMs),
  });
}
