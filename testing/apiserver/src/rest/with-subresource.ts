import type { KubeObject } from '../model/kube-object.ts';
import { noSuchResource } from '../model/status-error.ts';
import type { WriteRequest } from './request.ts';

/**
 * What a write may change of an object: the main resource leaves its status alone, and `/status`
 * leaves everything else alone. Throws 404 for the status of a resource that has none.
 */
export function withSubresource(
  request: WriteRequest,
  current: KubeObject,
  object: KubeObject,
): KubeObject {
  if (!request.served.version.hasStatus) {
    if (request.subresource === 'status') {
      throw noSuchResource();
    }
    return object;
  }
  if (request.subresource === undefined) {
    return { ...object, status: current.status };
  }
  const { managedFields } = object.metadata;
  return {
    ...current,
    metadata: { ...current.metadata, ...(managedFields === undefined ? {} : { managedFields }) },
    status: object.status,
  };
}
