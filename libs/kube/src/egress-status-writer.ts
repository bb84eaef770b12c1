import { CRD_GROUP, STORAGE_VERSION, type EgressStatus } from '@sallyport/api';
import type { KubeClient } from './kube-client.ts';
import { metadataOf, textOf } from './raw-object.ts';
import { WRITE_TIMEOUT_MS } from './write-timeout.ts';

/** Fields that a merge patch has to name to make them go away. */
const absent = { egressNode: null, egressIP: null, egressIPs: null };

/**
 * Makes `status` the status of the Egress. It is the whole truth and we are its only author, so it is written without a
 * resourceVersion: nothing can conflict. Returns the resourceVersion it led to. Rejects with KubeApiError, 404 when the Egress
 * has gone, and with an AbortError without an answer in time.
 */
export const writeEgressStatus = async (
  client: KubeClient,
  name: string,
  status: EgressStatus,
  timeoutMs = WRITE_TIMEOUT_MS,
): Promise<string> => {
  const updated = await client.json({
    method: 'PATCH',
    path: `/apis/${CRD_GROUP}/${STORAGE_VERSION}/egresses/${encodeURIComponent(name)}/status`,
    contentType: 'application/merge-patch+json',
    body: { status: { ...absent, ...status } },
    // Statuses are written one by one: an unanswered one must not hold up the others for ever.
    signal: AbortSignal.timeout(timeoutMs),
  });
  return textOf(metadataOf(updated).metadata.resourceVersion) ?? '0';
};
