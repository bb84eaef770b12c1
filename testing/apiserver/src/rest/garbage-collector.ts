import { stringAt } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Resource } from '../model/resource.ts';
import { objectKey, resourceKey } from '../model/resource.ts';
import type { Store, StoreEvent } from '../store/store.ts';
import type { Registry } from './registry.ts';
import { removeObject } from './remove-object.ts';

/**
 * The two parts of kube-controller-manager that deletion needs, run after each change. Dependents
 * of a removed object go with it, or lose their owner when it was deleted with `Orphan`. A deleted
 * namespace is emptied and then removed.
 */
export class GarbageCollector {
  readonly #store: Store;
  readonly #registry: Registry;
  readonly #now: () => Date;

  constructor(store: Store, registry: Registry, now: () => Date) {
    this.#store = store;
    this.#registry = registry;
    this.#now = now;
  }

  /** Watches a resource from now on; returns the function that stops it. */
  watch(resource: Resource): () => void {
    return this.#store.subscribe(resourceKey(resource), this.#store.revision, (event) => {
      // Later, so that the request that caused the change is answered first.
      setImmediate(() => {
        this.#handle(resource, event);
      });
    });
  }

  #handle(resource: Resource, event: StoreEvent): void {
    const { metadata } = event.object;
    if (event.type === 'DELETED') {
      this.#releaseDependents(event.object, false);
      if (metadata.namespace !== undefined) {
        this.#finishNamespace(metadata.namespace);
      }
    } else if (metadata.deletionTimestamp !== undefined) {
      for (const finalizer of ['orphan', 'foregroundDeletion'] as const) {
        if (metadata.finalizers?.includes(finalizer) === true) {
          this.#finish(resource, event, finalizer);
        }
      }
      if (resource.group === '' && resource.plural === 'namespaces') {
        this.#emptyNamespace(metadata.name);
      }
    }
  }

  /** Does the work that a finalizer stands for, and takes it away. */
  #finish(resource: Resource, event: StoreEvent, finalizer: 'orphan' | 'foregroundDeletion'): void {
    const current = this.#store.get(event.resource, event.key);
    if (current?.metadata.finalizers?.includes(finalizer) !== true) {
      return;
    }
    this.#releaseDependents(current, finalizer === 'orphan');
    const finalizers = current.metadata.finalizers.filter((other) => other !== finalizer);
    const released: KubeObject = { ...current, metadata: { ...current.metadata, finalizers } };
    if (finalizers.length === 0) {
      removeObject(this.#store, resource, released, {}, this.#now());
    } else {
      this.#store.put(event.resource, event.key, released);
    }
  }

  #releaseDependents(owner: KubeObject, orphan: boolean): void {
    for (const resource of this.#registry.all()) {
      for (const object of this.#store.list(resourceKey(resource))) {
        const references = object.metadata.ownerReferences ?? [];
        const left = references.filter(
          (reference) => stringAt(reference, 'uid') !== owner.metadata.uid,
        );
        if (left.length === references.length) {
          continue;
        }
        if (left.length === 0 && !orphan) {
          removeObject(this.#store, resource, object, {}, this.#now());
        } else {
          const key = objectKey(object.metadata.namespace, object.metadata.name);
          this.#store.put(resourceKey(resource), key, {
            ...object,
            metadata: { ...object.metadata, ownerReferences: left },
          });
        }
      }
    }
  }

  #emptyNamespace(namespace: string): void {
    for (const resource of this.#registry.all().filter((candidate) => candidate.namespaced)) {
      for (const object of this.#store.list(resourceKey(resource), `${namespace}/`)) {
        if (object.metadata.deletionTimestamp === undefined) {
          removeObject(this.#store, resource, object, {}, this.#now());
        }
      }
    }
    this.#finishNamespace(namespace);
  }

  #finishNamespace(name: string): void {
    const namespace = this.#store.get('/namespaces', name);
    if (namespace?.metadata.deletionTimestamp === undefined) {
      return;
    }
    if ((namespace.metadata.finalizers ?? []).length > 0) {
      return;
    }
    const occupied = this.#registry
      .all()
      .some(
        (resource) =>
          resource.namespaced && this.#store.list(resourceKey(resource), `${name}/`).length > 0,
      );
    if (!occupied) {
      this.#store.remove('/namespaces', name);
    }
  }
}
