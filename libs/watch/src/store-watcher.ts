import type { Bookmark, Watchable, WatchEvent } from './watch-event.ts';
import { INITIAL_EVENTS_END } from './watch-event.ts';

/** An object as the store holds it. */
export interface Entry<T> {
  /** The object without a version, to compare with. */
  readonly content: unknown;
  readonly object: T;
  /** Of the last change. */
  readonly version: number;
  /** Of the change that made the object. */
  readonly created: number;
}

/** An object that is gone, as the store remembers it. */
export type Deletion<T> = Pick<Entry<T>, 'object' | 'version'>;

/** The server's side of one watch. */
export interface Watcher<T> {
  /** The next thing to tell the client, or undefined when it knows everything. */
  next(): WatchEvent<T> | undefined;
  /**
   * Up to which version the client knows everything once it has got what was taken so far;
   * undefined while it has not been told the whole initial state.
   */
  bookmark(): WatchEvent<T> | undefined;
  close(): void;
}

interface StoreWatcherOptions<T> {
  readonly apiVersion: string;
  readonly kind: string;
  /** The store's version now. */
  readonly version: () => number;
  /** The object of that name now. */
  readonly current: (name: string) => Entry<T> | undefined;
  readonly onReady: () => void;
  readonly onClose: () => void;
}

/**
 * What one client has been told and what it has yet to be told: names, never copies of changes. A
 * client that reads slowly gets the last state of each object, and holds no more memory here than
 * the store has objects and had while it did not read.
 */
export class StoreWatcher<T extends Watchable> implements Watcher<T> {
  readonly #options: StoreWatcherOptions<T>;
  /** The names the client knows. */
  readonly #known = new Set<string>();
  /** Names of the initial state that have not been told yet. */
  readonly #initial = new Set<string>();
  /**
   * Names that changed, with the version of the change. In the order of their versions: whatever
   * the client has seen last, it has missed nothing older, so it can resume from there.
   */
  readonly #dirty = new Map<string, number>();
  /** What is to be said of the names in `#dirty` that are gone. */
  readonly #gone = new Map<string, T>();
  #owesInitialEnd = false;

  constructor(options: StoreWatcherOptions<T>) {
    this.#options = options;
  }

  /** The client knows nothing: it is told of every object, then (`markEnd`) that this was all. */
  startFromState(objects: readonly Entry<T>[], markEnd: boolean): void {
    for (const { object } of objects) {
      this.#initial.add(object.metadata.name);
    }
    this.#owesInitialEnd = markEnd;
  }

  /**
   * The client knows what there was at this version. Both lists are in the order of their versions.
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
      // Even what was made after `version`: the client may have an earlier object of that name,
      // whose end it was not told of because it was made again. A deletion too many does no harm.
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
    this.#gone.delete(name);
    // Also one of the initial state that is yet to be told: the bookmark that ends it may name an
    // earlier version.
    this.#dirty.delete(name);
    this.#dirty.set(name, version);
  }

  deleted({ object, version }: Deletion<T>): void {
    const { name } = object.metadata;
    const wasInitial = this.#initial.delete(name);
    const wasDirty = this.#dirty.delete(name);
    // What came and went unnoticed is told too: the client says by the last version that it was
    // told how far it is.
    if (!this.#known.has(name) && !wasInitial && !wasDirty) {
      return;
    }
    this.#dirty.set(name, version);
    this.#gone.set(name, object);
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
      const gone = this.#gone.get(name);
      if (gone !== undefined) {
        this.#gone.delete(name);
        this.#known.delete(name);
        return { type: 'DELETED', object: gone };
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
    const [untold] = this.#dirty.values();
    const version = untold === undefined ? this.#options.version() : untold - 1;
    return {
      apiVersion,
      kind,
      metadata: { resourceVersion: String(version), ...(annotations && { annotations }) },
    };
  }
}
