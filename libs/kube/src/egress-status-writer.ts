import type { EgressStatus } from '@sallyport/api';
import { CRD_GROUP, STORAGE_VERSION } from '@sallyport/api';
import type { KubeClient } from './kube-client.ts';
import { WRITE_TIMEOUT_MS } from './kube-client.ts';
import type { ObservedEgress } from './observed-egress-for.ts';
import { metadataOf, textOf } from './raw-object.ts';

/** A merge patch removes only those fields that it names. */
const absent = { egressNode: null, egressIP: null, egressIPs: null };

/**
 * Replaces the whole status of the Egress. Returns the resourceVersion that results. Rejects with
 * KubeApiError: 404 when the Egress was deleted, 409 when it was created anew or has another
 * version than the status was made for. Rejects with a TimeoutError when no answer comes in time.
 * A write without an answer may have been carried out. It is not repeated here, since the second of
 * two equal writes is a conflict.
 *
 * The precondition is the resourceVersion. A uid in a patch of the status of a custom resource is
 * overwritten before it is compared (apiextensions-apiserver, statusStrategy.PrepareForUpdate). A
 * re-created Egress has another resourceVersion too.
 */
export async function writeEgressStatus(
  client: KubeClient,
  { name, resourceVersion }: Pick<ObservedEgress, 'name' | 'resourceVersion'>,
  status: EgressStatus,
  timeoutMs = WRITE_TIMEOUT_MS,
): Promise<string> {
  const updated = await client.json({
    method: 'PATCH',
    path: `/apis/${CRD_GROUP}/${STORAGE_VERSION}/egresses/${encodeURIComponent(name)}/status`,
    contentType: 'application/merge-patch+json',
    body: { metadata: { resourceVersion }, status: { ...absent, ...status } },
    // Few statuses are written at once: one without an answer must not hold up the others.
    signal: AbortSignal.timeout(timeoutMs),
  });
  return textOf(metadataOf(updated).metadata.resourceVersion) ?? '0';
}
