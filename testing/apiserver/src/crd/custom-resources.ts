import { equalJson } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { objectKey, resourceKey } from '../model/resource.ts';
import type { GarbageCollector } from '../rest/garbage-collector.ts';
import type { Registry } from '../rest/registry.ts';
import { removeObject } from '../rest/remove-object.ts';
import type { Store, StoreEvent } from '../store/store.ts';
import { isEstablished, namingStatus } from './accepted-names.ts';
import { customResourceFrom } from './custom-resource.ts';
import { CLEANUP_FINALIZER, DEFINITIONS } from './definition-resource.ts';

/** The needs of serving custom resources. */
export interface CustomResourcesDeps {
  readonly store: Store;
  readonly registry: Registry;
  readonly collector: GarbageCollector;
  readonly now: () => Date;
}

/**
 * Serves the custom resource of each established definition. A deleted definition stays, and is
 * served, until its objects are gone; then the next one that wants its names gets them.
 */
export class CustomResources {
  readonly #deps: CustomResourcesDeps;
  /** Ends the two subscriptions of a served resource, by its key. */
  readonly #served = new Map<string, () => void>();

  constructor(deps: CustomResourcesDeps) {
    this.#deps = deps;
  }

  start(): void {
    const { store } = this.#deps;
    store.subscribe(DEFINITIONS, store.revision, (event) => {
      this.#handle(event);
    });
  }

  #handle({ type, object: definition }: StoreEvent): void {
    if (type === 'DELETED') {
      this.#withdraw(definition);
      return;
    }
    if (isEstablished(definition)) {
      this.#serve(definition);
    }
    if (definition.metadata.deletionTimestamp !== undefined) {
      // Later, so that the DELETE is answered first.
      setImmediate(() => {
        this.#deleteObjects(definition);
      });
    }
  }

  #serve(definition: KubeObject): void {
    const { store, registry, collector } = this.#deps;
    const resource = customResourceFrom(definition);
    const key = resourceKey(resource);
    registry.add(resource);
    if (this.#served.has(key)) {
      return;
    }
    const stopCollector = collector.watch(resource);
    const stopCleanup = store.subscribe(key, store.revision, (event) => {
      if (event.type === 'DELETED') {
        this.#finishDeletion(definition.metadata.name);
      }
    });
    this.#served.set(key, () => {
      stopCollector();
      stopCleanup();
    });
  }

  #withdraw(definition: KubeObject): void {
    const { store, registry, now } = this.#deps;
    const key = resourceKey(customResourceFrom(definition));
    const stop = this.#served.get(key);
    if (stop !== undefined) {
      stop();
      this.#served.delete(key);
      registry.remove(key);
    }
    for (const other of store.list(DEFINITIONS)) {
      const status = namingStatus(other, store.list(DEFINITIONS), now());
      if (!equalJson(status, other.status)) {
        store.put(DEFINITIONS, other.metadata.name, { ...other, status });
      }
    }
  }

  #deleteObjects(definition: KubeObject): void {
    const { store, now } = this.#deps;
    const resource = customResourceFrom(definition);
    for (const object of store.list(resourceKey(resource))) {
      removeObject(store, resource, object, {}, now());
    }
    this.#finishDeletion(definition.metadata.name);
  }

  #finishDeletion(name: string): void {
    const { store } = this.#deps;
    const definition = store.get(DEFINITIONS, name);
    if (definition?.metadata.deletionTimestamp === undefined) {
      return;
    }
    const resource = customResourceFrom(definition);
    if (isEstablished(definition) && store.list(resourceKey(resource)).length > 0) {
      return;
    }
    const finalizers = (definition.metadata.finalizers ?? []).filter(
      (finalizer) => finalizer !== CLEANUP_FINALIZER,
    );
    if (finalizers.length === 0) {
      store.remove(DEFINITIONS, objectKey(undefined, name));
    } else if (finalizers.length < (definition.metadata.finalizers ?? []).length) {
      const metadata = { ...definition.metadata, finalizers };
      store.put(DEFINITIONS, name, { ...definition, metadata });
    }
  }
}
