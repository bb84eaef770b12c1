import { isDeepStrictEqual } from 'node:util';
import { DeletionLog } from './deletion-log.ts';
import type { Entry, Watcher } from './store-watcher.ts';
import { StoreWatcher } from './store-watcher.ts';
import type { Watchable } from './watch-event.ts';

/** An object before the store gives it a version. */
export type Unversioned<T extends Watchable> = Omit<T, 'metadata'> & {
  readonly metadata: Omit<T['metadata'], 'resourceVersion'>;
};

/** The resource of a store, and the bounds of its memory. */
export interface MemoryStoreOptions<T extends Watchable> {
  readonly apiVersion: string;
  readonly kind: string;
  /**
   * The version before the first change. A later process must start with a higher version than the
   * last one of an earlier process (milliseconds since 1970 × 1000 is higher). Versions of its
   * predecessor are then too old.
   */
  readonly startVersion: number;
  /** How many objects keep a record of their deletion, for clients that resume. Default 10 000. */
  readonly deletionsKept?: number;
  /**
   * How many partitions keep the version of their latest discarded deletion. Default 10 000.
   */
  readonly partitionsKept?: number;
  /**
   * The part of a deleted object that is recorded and sent in the event of its deletion. Default
   * the whole object.
   */
  readonly remnantOf?: (object: Unversioned<T>) => Unversioned<T>;
}

/**
 * The start of a watch: `state` sends every object first, `version` only the changes after it.
 */
export type WatchStart =
  | { readonly kind: 'state'; readonly markEnd: boolean }
  | { readonly kind: 'version'; readonly version: number };

/**
 * Objects in memory, in partitions (one for each Node) that are listed, published and watched
 * separately.
 *
 * There is no log of changes. Each object has the version of its last change, so a client with
 * version v misses every object with a greater one. Only deletions are recorded, and only discarded
 * deletions make a version too old to resume from.
 */
export class MemoryStore<T extends Watchable> {
  readonly #options: MemoryStoreOptions<T>;
  readonly #partitions = new Map<string, Map<string, Entry<T>>>();
  readonly #watchers = new Map<string, Set<StoreWatcher<T>>>();
  readonly #deletions: DeletionLog<T>;
  #version: number;

  constructor(options: MemoryStoreOptions<T>) {
    const { startVersion, deletionsKept = 10_000, partitionsKept = 10_000 } = options;
    this.#options = options;
    this.#deletions = new DeletionLog(startVersion, deletionsKept, partitionsKept);
    this.#version = startVersion;
  }

  /** The version of the last change. */
  get version(): number {
    return this.#version;
  }

  get startVersion(): number {
    return this.#options.startVersion;
  }

  get watcherCount(): number {
    let count = 0;
    for (const watchers of this.#watchers.values()) {
      count += watchers.size;
    }
    return count;
  }

  get objectCount(): number {
    let count = 0;
    for (const objects of this.#partitions.values()) {
      count += objects.size;
    }
    return count;
  }

  /** The partitions that have objects. */
  partitions(): readonly string[] {
    return [...this.#partitions.keys()];
  }

  /**
   * Replaces the objects of the partition. An object that is equal to the stored one keeps its
   * version. Returns how many objects were added, changed or removed.
   */
  publish(partition: string, objects: Iterable<Unversioned<T>>): number {
    const changes = new Map<string, Unversioned<T> | undefined>();
    for (const content of objects) {
      changes.set(content.metadata.name, content);
    }
    for (const name of this.#partitions.get(partition)?.keys() ?? []) {
      if (!changes.has(name)) {
        changes.set(name, undefined);
      }
    }
    return this.update(partition, changes);
  }

  /**
   * Changes these objects of the partition and leaves the others; undefined removes an object. An
   * object that is equal to the stored one keeps its version. Removals come last, whatever the
   * order: a Pod whose group goes has its other group by then. Returns how many objects were added,
   * changed or removed.
   * @param changes by name
   */
  update(
    partition: string,
    changes: Iterable<readonly [string, Unversioned<T> | undefined]>,
  ): number {
    const current = this.#partitions.get(partition) ?? new Map<string, Entry<T>>();
    const before = this.#version;
    const removed: string[] = [];
    for (const [name, content] of changes) {
      const known = current.get(name);
      if (content === undefined) {
        removed.push(name);
      } else if (known === undefined || !isDeepStrictEqual(known.content, content)) {
        this.#put(partition, current, name, content);
      } else if (known.content !== content) {
        // The next comparison with the same object costs nothing.
        current.set(name, { ...known, content });
      }
    }
    // Last: a client that has a part of the changes has too much rather than too little.
    for (const name of removed) {
      const known = current.get(name);
      if (known !== undefined) {
        this.#remove(partition, current, name, known);
      }
    }
    if (current.size === 0) {
      this.#partitions.delete(partition);
    } else {
      this.#partitions.set(partition, current);
    }
    if (this.#version > before) {
      for (const watcher of this.#watchers.get(partition) ?? []) {
        watcher.wake();
      }
    }
    return this.#version - before;
  }

  /**
   * The version at which the object last changed or was deleted. If that deletion is no longer
   * recorded, an upper bound: never earlier than the true version.
   */
  changedAt(partition: string, name: string): number {
    return (
      this.#partitions.get(partition)?.get(name)?.version ??
      this.#deletions.deletedAt(partition, name)
    );
  }

  /** The objects of the partition, sorted by name, and the version to watch from. */
  list(partition: string): { readonly resourceVersion: string; readonly items: readonly T[] } {
    const entries = [...(this.#partitions.get(partition)?.values() ?? [])];
    const items = entries.map((entry) => entry.object);
    items.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    return { resourceVersion: String(this.#version), items };
  }

  /**
   * Starts a watch; `onReady` is called whenever the watcher may have an event.
   * Returns `expired` when deletions after the start version were discarded, or the version is not
   * of this store.
   */
  watch(partition: string, start: WatchStart, onReady: () => void): Watcher<T> | 'expired' {
    if (
      start.kind === 'version' &&
      (start.version < this.#deletions.floor || start.version > this.#version)
    ) {
      return 'expired';
    }
    const watchers = this.#watchers.get(partition) ?? new Set();
    const watcher: StoreWatcher<T> = new StoreWatcher<T>({
      apiVersion: this.#options.apiVersion,
      kind: this.#options.kind,
      version: () => this.#version,
      current: (name) => this.#partitions.get(partition)?.get(name),
      onReady,
      onClose: () => {
        watchers.delete(watcher);
        if (watchers.size === 0 && this.#watchers.get(partition) === watchers) {
          this.#watchers.delete(partition);
        }
      },
    });
    const objects = [...(this.#partitions.get(partition)?.values() ?? [])].sort(
      (a, b) => a.version - b.version,
    );
    if (start.kind === 'state') {
      watcher.startFromState(objects, start.markEnd);
    } else {
      watcher.startFromVersion(start.version, objects, this.#deletions.of(partition));
    }
    watchers.add(watcher);
    this.#watchers.set(partition, watchers);
    return watcher;
  }

  #put(
    partition: string,
    current: Map<string, Entry<T>>,
    name: string,
    content: Unversioned<T>,
  ): void {
    this.#version += 1;
    const entry: Entry<T> = {
      content,
      object: this.#stamp(content),
      version: this.#version,
      created: current.get(name)?.created ?? this.#version,
    };
    current.set(name, entry);
    for (const watcher of this.#watchers.get(partition) ?? []) {
      watcher.changed(entry);
    }
  }

  #remove(partition: string, current: Map<string, Entry<T>>, name: string, entry: Entry<T>): void {
    this.#version += 1;
    current.delete(name);
    const content = entry.content as Unversioned<T>;
    const remnant = this.#options.remnantOf?.(content) ?? content;
    const deletion = { object: this.#stamp(remnant), version: this.#version };
    this.#deletions.add(partition, name, deletion);
    for (const watcher of this.#watchers.get(partition) ?? []) {
      watcher.deleted(deletion);
    }
  }

  #stamp(content: Unversioned<T>): T {
    const metadata = { ...content.metadata, resourceVersion: String(this.#version) };
    // The one place where an object gets its version: Unversioned<T> is T without exactly this
    // field.
    return { ...content, metadata } as unknown as T;
  }
}
