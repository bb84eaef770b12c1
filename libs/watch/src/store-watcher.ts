import type { Bookmark, Watchable, WatchEvent } from './watch-event.ts';
import { INITIAL_EVENTS_END } from './watch-event.ts';

/** An object in the store. */
export interface Entry<T> {
  /** The object without its version, for comparisons. */
  readonly content: unknown;
  readonly object: T;
  /** The version of the last change. */
  readonly version: number;
  /** The version of the change that created the object. */
  readonly created: number;
}

/** The record of a deleted object. */
export type Deletion<T> = Pick<Entry<T>, 'object' | 'version'>;

/** The server's side of one watch. */
export interface Watcher<T> {
  /** The next event for the client, or undefined when it is up to date. */
  next(): WatchEvent<T> | undefined;
  /**
   * The version that the client has once it has received the events taken so far; undefined until
   * the whole initial state was taken.
   */
  bookmark(): WatchEvent<T> | undefined;
  close(): void;
}

interface StoreWatcherOptions<T> {
  readonly apiVersion: string;
  readonly kind: string;
  /** The current version of the store. */
  readonly version: () => number;
  /** The current object of that name. */
  readonly current: (name: string) => Entry<T> | undefined;
  readonly onReady: () => void;
  readonly onClose: () => void;
}

/**
 * The events that one client has received and those that it misses: names, never copies of changes.
 * A client that reads slowly gets the last state of each object. It costs memory for the objects of
 * the store and for those deleted while it did not read.
 */
export class StoreWatcher<T extends Watchable> implements Watcher<T> {
  readonly #options: StoreWatcherOptions<T>;
  /** The names of the objects that the client has. */
  readonly #known = new Set<string>();
  /** Names of the initial state that were not sent yet. */
  readonly #initial = new Set<string>();
  /**
   * Names that changed, with the version of the change. They are in the order of their versions: a
   * client has received every change before its latest one, so it can resume from there.
   */
  readonly #dirty = new Map<string, number>();
  /** The records of the names in `#dirty` that were deleted. */
  readonly #deleted = new Map<string, T>();
  #owesInitialEnd = false;

  constructor(options: StoreWatcherOptions<T>) {
    this.#options = options;
  }

  /** For a client without any state: sends every object, then (`markEnd`) the end of the state. */
  startFromState(objects: readonly Entry<T>[], markEnd: boolean): void {
    for (const { object } of objects) {
      this.#initial.add(object.metadata.name);
    }
    this.#owesInitialEnd = markEnd;
  }

  /**
   * For a client that has the state of this version. Both lists are in the order of their versions.
   */
  startFromVersion(
    version: number,
    objects: readonly Entry<T>[],
    deletions: readonly Deletion<T>[],
  ): void {
    const changes: { readonly version: number; readonly apply: () => void }[] = [];
    for (const deletion of deletions) {
      if (deletion.version <= version) {
        continue;
      }
      // Also for an object created after `version`: the client may have an earlier object of that
      // name, whose deletion it did not receive. A superfluous deletion does no harm.
      this.#known.add(deletion.object.metadata.name);
      changes.push({
        version: deletion.version,
        apply: () => {
          this.deleted(deletion);
        },
      });
    }
    for (const entry of objects) {
      if (entry.created <= version) {
        this.#known.add(entry.object.metadata.name);
      }
      if (entry.version > version) {
        changes.push({
          version: entry.version,
          apply: () => {
            this.changed(entry);
          },
        });
      }
    }
    for (const change of changes.sort((a, b) => a.version - b.version)) {
      change.apply();
    }
  }

  changed({ object, version }: Entry<T>): void {
    const { name } = object.metadata;
    this.#deleted.delete(name);
    // Also for an object of the initial state that was not sent yet: the bookmark that ends the
    // state may have an earlier version.
    this.#dirty.delete(name);
    this.#dirty.set(name, version);
  }

  deleted({ object, version }: Deletion<T>): void {
    const { name } = object.metadata;
    const wasInitial = this.#initial.delete(name);
    const wasDirty = this.#dirty.delete(name);
    // The deletion is sent even if the client never received the object: it reports the version of
    // the last event as its progress.
    if (!this.#known.has(name) && !wasInitial && !wasDirty) {
      return;
    }
    this.#dirty.set(name, version);
    this.#deleted.set(name, object);
  }

  wake(): void {
    this.#options.onReady();
  }

  next(): WatchEvent<T> | undefined {
    return this.#nextInitial() ?? this.#initialEnd() ?? this.#nextChange();
  }

  bookmark(): WatchEvent<T> | undefined {
    if (this.#initial.size > 0 || this.#owesInitialEnd) {
      return undefined;
    }
    return { type: 'BOOKMARK', object: this.#bookmarkObject() };
  }

  close(): void {
    this.#options.onClose();
  }

  #nextInitial(): WatchEvent<T> | undefined {
    for (const name of this.#initial) {
      this.#initial.delete(name);
      const entry = this.#options.current(name);
      if (entry === undefined) {
        continue;
      }
      this.#known.add(name);
      return { type: 'ADDED', object: entry.object };
    }
    return undefined;
  }

  #initialEnd(): WatchEvent<T> | undefined {
    if (!this.#owesInitialEnd) {
      return undefined;
    }
    this.#owesInitialEnd = false;
    return { type: 'BOOKMARK', object: this.#bookmarkObject({ [INITIAL_EVENTS_END]: 'true' }) };
  }

  #nextChange(): WatchEvent<T> | undefined {
    for (const name of this.#dirty.keys()) {
      this.#dirty.delete(name);
      const deleted = this.#deleted.get(name);
      if (deleted !== undefined) {
        this.#deleted.delete(name);
        this.#known.delete(name);
        return { type: 'DELETED', object: deleted };
      }
      const entry = this.#options.current(name);
      if (entry === undefined) {
        continue;
      }
      const type = this.#known.has(name) ? 'MODIFIED' : 'ADDED';
      this.#known.add(name);
      return { type, object: entry.object };
    }
    return undefined;
  }

  #bookmarkObject(annotations?: Readonly<Record<string, string>>): Bookmark {
    const { apiVersion, kind } = this.#options;
    const [unsent] = this.#dirty.values();
    const version = unsent === undefined ? this.#options.version() : unsent - 1;
    return {
      apiVersion,
      kind,
      metadata: { resourceVersion: String(version), ...(annotations && { annotations }) },
    };
  }
}
