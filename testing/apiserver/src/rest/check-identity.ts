import type { KubeObject } from '../model/kube-object.ts';
import type { Resource } from '../model/resource.ts';
import { badRequest, conflict, invalid, OBJECT_MODIFIED } from '../model/status-error.ts';

/** The uid and resourceVersion that a delete insists on. */
export interface Preconditions {
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
}

/**
 * Throws 409 when an update was made from another state or another object than the current one, and
 * 400 when it renames it.
 */
export function checkIdentity(resource: Resource, current: KubeObject, next: KubeObject): void {
  const { name, uid = '', resourceVersion = '' } = next.metadata;
  if (name !== current.metadata.name) {
    throw badRequest(
      `the name of the object (${name}) does not match the name on the URL (${current.metadata.name})`,
    );
  }
  if (resourceVersion !== '' && resourceVersion !== current.metadata.resourceVersion) {
    throw conflict(resource, name, OBJECT_MODIFIED);
  }
  checkPreconditions(resource, current, {
    uid: uid === '' ? undefined : uid,
    resourceVersion: undefined,
  });
}

/** Throws 409 when an object is not the one that its deletion is meant for. */
export function checkPreconditions(
  resource: Resource,
  current: KubeObject,
  wanted: Preconditions,
): void {
  const { name, uid = '', resourceVersion = '' } = current.metadata;
  const refuse = (label: string, asked: string, actual: string): Error =>
    conflict(
      resource,
      name,
      `Precondition failed: ${label} in precondition: ${asked}, ${label} in object meta: ${actual}`,
    );
  if (wanted.uid !== undefined && wanted.uid !== uid) {
    throw refuse('UID', wanted.uid, uid);
  }
  if (wanted.resourceVersion !== undefined && wanted.resourceVersion !== resourceVersion) {
    throw refuse('ResourceVersion', wanted.resourceVersion, resourceVersion);
  }
}

/** Throws 422 when an update adds finalizers to an object that is being deleted. */
export function checkFinalizers(resource: Resource, current: KubeObject, next: KubeObject): void {
  if (current.metadata.deletionTimestamp === undefined) {
    return;
  }
  const before = current.metadata.finalizers ?? [];
  const added = (next.metadata.finalizers ?? []).filter((finalizer) => !before.includes(finalizer));
  if (added.length === 0) {
    return;
  }
  const list = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
  const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
  throw invalid(resource, current.metadata.name, [
    { reason: 'FieldValueForbidden', field: 'metadata.finalizers', message },
  ]);
}
