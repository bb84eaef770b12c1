import type { EgressStatus } from '@sallyport/api';
import { CRD_GROUP, STORAGE_VERSION } from '@sallyport/api';
import type { KubeClient } from './kube-client.ts';
import type { ObservedEgress } from './observed-egress-for.ts';
import { metadataOf, textOf } from './raw-object.ts';
import { WRITE_TIMEOUT_MS } from './write-timeout.ts';

/** Fields that a merge patch has to name to make them go away. */
const absent = { egressNode: null, egressIP: null, egressIPs: null };

/**
 * Makes `status` the status of the Egress, of which it is the whole truth. Returns the
 * resourceVersion it led to. Rejects with KubeApiError: 404 when the Egress has gone, 409 when it
 * is not in the version that the status was made for (any more), or another one has got its name;
 * with a TimeoutError without an answer in time.
 *
 * The precondition is the resourceVersion: a uid in a patch of the status of a custom resource is
 * overwritten before it is compared (apiextensions-apiserver, statusStrategy.PrepareForUpdate), and
 * a re-created Egress has another resourceVersion too.
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
    // Statuses are written one by one: an unanswered one must not hold up the others for ever.
    signal: AbortSignal.timeout(timeoutMs),
  });
  return textOf(metadataOf(updated).metadata.resourceVersion) ?? '0';
}
