import type { KubeObject } from '../model/kube-object.ts';
import { resourceKey } from '../model/resource.ts';
import { noSuchSubresource } from '../model/status-error.ts';
import type { WriteRequest } from './request.ts';

/** Resources of which a write of `/status` changes labels and annotations, too. */
const METADATA_WITH_STATUS: ReadonlySet<string> = new Set(['/pods', '/nodes']);

/**
 * The object that a write leads to: the main resource leaves its status alone, and `/status`
 * leaves everything else alone. Throws 404 for the status of a resource that has none.
 */
export function withSubresource(
  request: WriteRequest,
  current: KubeObject,
  object: KubeObject,
): KubeObject {
  if (!request.served.version.hasStatus) {
    if (request.subresource === 'status') {
      throw noSuchSubresource();
    }
    return object;
  }
  if (request.subresource === undefined) {
    return { ...object, status: current.status };
  }
  if (METADATA_WITH_STATUS.has(resourceKey(request.served.resource))) {
    return { ...current, metadata: object.metadata, status: object.status };
  }
  const { managedFields } = object.metadata;
  return {
    ...current,
    metadata: { ...current.metadata, ...(managedFields === undefined ? {} : { managedFields }) },
    status: object.status,
  };
}
