import type { JsonObject } from '../model/json.ts';
import { stringAt, valueAt } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { timestamp } from '../model/kube-object.ts';
import type { Resource } from '../model/resource.ts';
import { inVersion, objectKey, resourceKey } from '../model/resource.ts';
import type { Store } from '../store/store.ts';

/**
 * The result of a delete: the object's last state, and whether it is gone or waits for finalizers
 * or for its Node.
 */
export interface Removed {
  readonly object: KubeObject;
  readonly gone: boolean;
}

/**
 * Deletes an object: marks it as being deleted while finalizers or a grace period hold it, else
 * removes it. `options` is the request's DeleteOptions. `garbage-collector.ts` deletes its
 * dependents.
 */
export function removeObject(
  store: Store,
  resource: Resource,
  object: KubeObject,
  options: JsonObject,
  now: Date,
): Removed {
  const key = objectKey(object.metadata.namespace, object.metadata.name);
  const asked = valueAt(options, 'gracePeriodSeconds');
  const grace = resource.strategy.gracePeriodSeconds?.(
    object,
    typeof asked === 'number' ? asked : undefined,
  );
  const finalizers = [...(object.metadata.finalizers ?? []), ...policyFinalizers(options)];
  const held = finalizers.length > 0 || grace !== undefined || holdsContent(resource, object);
  if (!held) {
    return { object: store.remove(resourceKey(resource), key) ?? object, gone: true };
  }
  if (object.metadata.deletionTimestamp !== undefined) {
    return { object, gone: false };
  }
  const seconds = grace ?? 0;
  const deleting: KubeObject = {
    ...object,
    metadata: {
      ...object.metadata,
      deletionTimestamp: timestamp(new Date(now.getTime() + seconds * 1000)),
      deletionGracePeriodSeconds: seconds,
      ...(finalizers.length > 0 ? { finalizers } : {}),
      ...(resource.hasGeneration ? { generation: (object.metadata.generation ?? 0) + 1 } : {}),
    },
    ...(resource.plural === 'namespaces' && resource.group === ''
      ? { status: { phase: 'Terminating' } }
      : {}),
  };
  const stored = store.put(
    resourceKey(resource),
    key,
    inVersion(deleting, resource, resource.storageVersion),
  );
  return { object: stored, gone: false };
}

/** The tasks of `garbage-collector.ts` before the object goes. */
function policyFinalizers(options: JsonObject): string[] {
  const policy = stringAt(options, 'propagationPolicy');
  if (policy === 'Orphan' || valueAt(options, 'orphanDependents') === true) {
    return ['orphan'];
  }
  return policy === 'Foreground' ? ['foregroundDeletion'] : [];
}

/**
 * A namespace is emptied before it goes; `garbage-collector.ts` takes its finalizer away when that
 * is done.
 */
function holdsContent(resource: Resource, object: KubeObject): boolean {
  if (resource.group !== '' || resource.plural !== 'namespaces') {
    return false;
  }
  const finalizers = valueAt(object, 'spec', 'finalizers');
  return Array.isArray(finalizers) && finalizers.length > 0;
}
