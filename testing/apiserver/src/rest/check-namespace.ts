import { stringAt } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { objectKey, resourceKey } from '../model/resource.ts';
import { badRequest, forbidden, notFound } from '../model/status-error.ts';
import type { Store } from '../store/store.ts';
import type { ResourceRequest } from './request.ts';

/** Gives an object the namespace of its request. Throws 400 when it names another one. */
export function setNamespace(request: ResourceRequest, object: KubeObject): void {
  const { metadata } = object;
  if (!request.served.resource.namespaced) {
    delete metadata.namespace;
    return;
  }
  const given = metadata.namespace ?? '';
  if (request.namespace === undefined) {
    throw badRequest('an empty namespace may not be set during creation');
  }
  if (given !== '' && given !== request.namespace) {
    throw badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
  metadata.namespace = request.namespace;
}

/**
 * Throws 404 when the namespace of a new object does not exist, and 403 when it is being deleted.
 */
export function checkNamespace(store: Store, request: ResourceRequest, object: KubeObject): void {
  if (request.namespace === undefined) {
    return;
  }
  const namespace = store.get('/namespaces', request.namespace);
  if (namespace === undefined) {
    throw notFound({ group: '', plural: 'namespaces' }, request.namespace);
  }
  if (namespace.metadata.deletionTimestamp === undefined) {
    return;
  }
  const why = `unable to create new content in namespace ${request.namespace} because it is being terminated`;
  throw forbidden(request.served.resource, object.metadata.name, why);
}

/** Throws 403 for a Pod whose ServiceAccount does not exist. */
export function checkServiceAccount(
  store: Store,
  request: ResourceRequest,
  object: KubeObject,
): void {
  if (resourceKey(request.served.resource) !== '/pods' || request.namespace === undefined) {
    return;
  }
  const name = stringAt(object, 'spec', 'serviceAccountName') ?? 'default';
  if (store.get('/serviceaccounts', objectKey(request.namespace, name)) === undefined) {
    const why = `error looking up service account ${request.namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`;
    throw forbidden(request.served.resource, object.metadata.name, why);
  }
}
