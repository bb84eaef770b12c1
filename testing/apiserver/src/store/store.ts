import type { KubeObject } from '../model/kube-object.ts';
import { expired } from '../model/status-error.ts';

/** One change of one object. `previous` is absent for ADDED. */
export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly revision: number;
  /** The kind of object: `<group>/<plural>`. */
  readonly resource: string;
  readonly key: string;
  readonly object: KubeObject;
  readonly previous?: KubeObject;
}

/** Settings of a store. */
export interface StoreOptions {
  /**
   * The first revision; give a number above any that an earlier store of the same clients gave,
   * such as the time in ms.
   */
  readonly firstRevision: number;
  /** How many changes are kept for watches to resume from; older ones answer 410. */
  readonly historyLimit: number;
}

/**
 * All objects of the API server in memory, with one revision counter over all of them (as etcd has)
 * and a bounded history of changes. Everything is synchronous, so a read followed by a write in one
 * turn is a transaction.
 */
export class Store {
  readonly #tables = new Map<string, Map<string, KubeObject>>();
  readonly #listeners = new Map<string, Set<(event: StoreEvent) => void>>();
  readonly #historyLimit: number;
  #history: StoreEvent[] = [];
  #revision: number;
  /** The newest revision that can no longer be reconstructed from. */
  #compacted: number;

  constructor(options: StoreOptions) {
    this.#revision = options.firstRevision;
    this.#compacted = options.firstRevision - 1;
    this.#historyLimit = options.historyLimit;
  }

  /** The revision of the last change. */
  get revision(): number {
    return this.#revision;
  }

  /** The object at a key, or undefined. */
  get(resource: string, key: string): KubeObject | undefined {
    return this.#tables.get(resource)?.get(key);
  }

  /** Every object of a resource whose key starts with the prefix, in key order. */
  list(resource: string, prefix = ''): KubeObject[] {
    return sorted(this.#tables.get(resource) ?? new Map<string, KubeObject>(), prefix);
  }

  /** The same list as it was at an earlier revision. Throws 410 when that is too old. */
  listAt(resource: string, prefix: string, revision: number): KubeObject[] {
    if (revision < this.#compacted) {
      throw tooOld(revision, this.#compacted);
    }
    const table = new Map<string, KubeObject>([...(this.#tables.get(resource)?.entries() ?? [])]);
    for (let index = this.#history.length - 1; index >= 0; index--) {
      const event = this.#history[index];
      if (event === undefined || event.revision <= revision) {
        break;
      }
      if (event.resource !== resource) {
        continue;
      }
      if (event.previous === undefined) {
        table.delete(event.key);
      } else {
        table.set(event.key, event.previous);
      }
    }
    return sorted(table, prefix);
  }

  /** Stores an object under a new revision, which it gets as its resourceVersion. */
  put(resource: string, key: string, object: KubeObject): KubeObject {
    let table = this.#tables.get(resource);
    if (table === undefined) {
      this.#tables.set(resource, (table = new Map<string, KubeObject>()));
    }
    const previous = table.get(key);
    const stored = this.#stamp(object);
    table.set(key, stored);
    this.#commit({
      type: previous === undefined ? 'ADDED' : 'MODIFIED',
      revision: this.#revision,
      resource,
      key,
      object: stored,
      ...(previous === undefined ? {} : { previous }),
    });
    return stored;
  }

  /**
   * Removes an object; returns its last state with the revision of the removal, or undefined when
   * there was none.
   */
  remove(resource: string, key: string): KubeObject | undefined {
    const previous = this.#tables.get(resource)?.get(key);
    if (previous === undefined) {
      return undefined;
    }
    this.#tables.get(resource)?.delete(key);
    const object = this.#stamp(previous);
    this.#commit({ type: 'DELETED', revision: this.#revision, resource, key, object, previous });
    return object;
  }

  /**
   * Calls the listener with every change of a resource after a revision: first those in the
   * history, at once, then new ones as they happen. Throws 410 when the revision is too old.
   * Returns the function that ends the subscription.
   */
  subscribe(resource: string, after: number, listener: (event: StoreEvent) => void): () => void {
    if (after < this.#compacted) {
      throw tooOld(after, this.#compacted);
    }
    for (const event of this.#history) {
      if (event.revision > after && event.resource === resource) {
        listener(event);
      }
    }
    let listeners = this.#listeners.get(resource);
    if (listeners === undefined) {
      this.#listeners.set(resource, (listeners = new Set()));
    }
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }

  /**
   * Discards the history, as etcd's compaction does: resuming from any earlier revision is answered
   * with 410.
   */
  compact(): void {
    this.#history = [];
    this.#compacted = this.#revision;
  }

  #stamp(object: KubeObject): KubeObject {
    this.#revision++;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#revision) } };
  }

  #commit(event: StoreEvent): void {
    this.#history.push(event);
    // Trimmed in blocks, so that a write does not move the whole history each time.
    if (this.#history.length >= this.#historyLimit * 2) {
      const dropped = this.#history.splice(0, this.#history.length - this.#historyLimit);
      this.#compacted = dropped.at(-1)?.revision ?? this.#compacted;
    }
    for (const listener of [...(this.#listeners.get(event.resource) ?? [])]) {
      listener(event);
    }
  }
}

function sorted(table: ReadonlyMap<string, KubeObject>, prefix: string): KubeObject[] {
  return [...table.entries()]
    .filter(([key]) => key.startsWith(prefix))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, object]) => object);
}

function tooOld(asked: number, oldest: number): Error {
  return expired(`too old resource version: ${String(asked)} (${String(oldest)})`);
}
