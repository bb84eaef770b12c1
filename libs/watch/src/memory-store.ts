import { isDeepStrictEqual } from 'node:util';
import type { Deletion, Entry, Watcher } from './store-watcher.ts';
import { StoreWatcher } from './store-watcher.ts';
import type { Watchable } from './watch-event.ts';

/** An object before the store gives it a version. */
export type Unversioned<T extends Watchable> = Omit<T, 'metadata'> & {
  readonly metadata: Omit<T['metadata'], 'resourceVersion'>;
};

export interface MemoryStoreOptions<T extends Watchable> {
  readonly apiVersion: string;
  readonly kind: string;
  /**
   * The version before the first change. A later process must start higher than an earlier one
   * ended (milliseconds since 1970 × 1000 does), so that versions of its predecessor are recognized
   * as too old.
   */
  readonly startVersion: number;
  /** Of how many objects the deletion is remembered, for clients that resume. Default 10 000. */
  readonly deletionsKept?: number;
  /**
   * Of how many partitions it is remembered when the last deletion was that is remembered no more.
   * Default 10 000.
   */
  readonly partitionsKept?: number;
  /**
   * What is remembered of an object that is gone, and said in the event that tells of it. Default
   * all of it.
   */
  readonly remnantOf?: (object: Unversioned<T>) => Unversioned<T>;
}

/**
 * Where a watch starts: `state` first tells of every object, `version` only of what changed after
 * it.
 */
export type WatchStart =
  | { readonly from: 'state'; readonly markEnd: boolean }
  | { readonly from: 'version'; readonly version: number };

interface PartitionedDeletion<T> extends Deletion<T> {
  readonly partition: string;
}

/**
 * Objects in memory, in partitions (one for each Node) that are listed, published and watched
 * separately.
 *
 * There is no log of changes: an object knows the version of its last change, so what a client
 * missed since version v is every object with a greater one. Only deletions must be remembered, and
 * only they make a version too old to resume from.
 */
export class MemoryStore<T extends Watchable> {
  readonly #options: MemoryStoreOptions<T>;
  readonly #deletionsKept: number;
  readonly #partitionsKept: number;
  readonly #partitions = new Map<string, Map<string, Entry<T>>>();
  readonly #watchers = new Map<string, Set<StoreWatcher<T>>>();
  /** The last one of each object, by partition and name; in the order of their versions. */
  readonly #deletions = new Map<string, PartitionedDeletion<T>>();
  /**
   * By partition, the version of the last deletion that has been forgotten; in the order of their
   * versions.
   */
  readonly #forgotten = new Map<string, number>();
  /** The same for all partitions that are in there no more. */
  #forgottenElsewhere: number;
  #version: number;
  /** The oldest version from which no deletion has been forgotten. */
  #floor: number;

  constructor(options: MemoryStoreOptions<T>) {
    this.#options = options;
    this.#deletionsKept = options.deletionsKept ?? 10_000;
    this.#partitionsKept = options.partitionsKept ?? 10_000;
    this.#version = options.startVersion;
    this.#floor = options.startVersion;
    this.#forgottenElsewhere = options.startVersion;
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
   * Makes the partition hold exactly these objects. An object that is equal to what is there keeps
   * its version. Returns how many objects were added, changed or removed.
   */
  publish(partition: string, objects: Iterable<Unversioned<T>>): number {
    const current = this.#partitions.get(partition) ?? new Map<string, Entry<T>>();
    const before = this.#version;
    const names = new Set<string>();
    for (const content of objects) {
      const { name } = content.metadata;
      names.add(name);
      const known = current.get(name);
      if (known === undefined || !isDeepStrictEqual(known.content, content)) {
        this.#put(partition, current, name, content);
      }
    }
    for (const [name, entry] of current) {
      if (!names.has(name)) {
        this.#remove(partition, current, name, entry);
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
   * The version in which an object last changed, or went; for one whose end has been forgotten, the
   * version of the latest change of the partition that has been, or a later one where there have
   * been very many partitions.
   */
  changedAt(partition: string, name: string): number {
    const entry =
      this.#partitions.get(partition)?.get(name) ??
      this.#deletions.get(deletionKey(partition, name));
    return entry?.version ?? this.#forgotten.get(partition) ?? this.#forgottenElsewhere;
  }

  /** The objects of the partition, sorted by name, and the version to watch from. */
  list(partition: string): { readonly resourceVersion: string; readonly items: readonly T[] } {
    const entries = [...(this.#partitions.get(partition)?.values() ?? [])];
    const items = entries.map((entry) => entry.object);
    items.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    return { resourceVersion: String(this.#version), items };
  }

  /**
   * Starts a watch; `onReady` is called whenever there may be something to take from the watcher.
   * Returns `expired` when changes after the version to start from have been forgotten, or the
   * version is not of this store.
   */
  watch(partition: string, start: WatchStart, onReady: () => void): Watcher<T> | 'expired' {
    if (
      start.from === 'version' &&
      (start.version < this.#floor || start.version > this.#version)
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
    if (start.from === 'state') {
      watcher.startFromState(objects, start.markEnd);
    } else {
      const deletions = [...this.#deletions.values()].filter(
        (deletion) => deletion.partition === partition,
      );
      watcher.startFromVersion(start.version, objects, deletions);
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
    const deletion = { partition, object: this.#stamp(remnant), version: this.#version };
    const key = deletionKey(partition, name);
    this.#deletions.delete(key);
    this.#deletions.set(key, deletion);
    for (const [oldest, { partition: of, version }] of this.#deletions) {
      if (this.#deletions.size <= this.#deletionsKept) {
        break;
      }
      this.#deletions.delete(oldest);
      this.#forgotten.delete(of);
      this.#forgotten.set(of, version);
      this.#floor = version;
    }
    // Names of Nodes come and go for as long as the process lives.
    for (const [oldest, version] of this.#forgotten) {
      if (this.#forgotten.size <= this.#partitionsKept) {
        break;
      }
      this.#forgotten.delete(oldest);
      this.#forgottenElsewhere = version;
    }
    for (const watcher of this.#watchers.get(partition) ?? []) {
      watcher.deleted(deletion);
    }
  }

  #stamp(content: Unversioned<T>): T {
    const metadata = { ...content.metadata, resourceVersion: String(this.#version) };
    // The one place where an object becomes versioned: Unversioned<T> is T without exactly this
    // field.
    return { ...content, metadata } as unknown as T;
  }
}

/** No name of Kubernetes has a slash. */
function deletionKey(partition: string, name: string): string {
  return `${partition}/${name}`;
}
