import type { ReceivedEvent } from './parse-event.ts';
import { WatchProtocolError } from './parse-event.ts';
import { WatchHttpError } from './watch-source.ts';

/** The client's copy of the server's objects. */
export interface ReflectorState<T> {
  /** The reflector's own map, which goes on changing: copy the parts that must stay. */
  readonly objects: ReadonlyMap<string, T>;
  /** The version of the objects; "" before the first synchronization. */
  readonly resourceVersion: string;
  /**
   * Whether the whole state has been received once. It stays true when the connection is lost: the
   * state is then the last known one.
   */
  readonly synced: boolean;
}

/** One change of the state. */
type StateChange<T> =
  /** The objects before the new state took their place. */
  | { readonly kind: 'whole-state'; readonly before: ReadonlyMap<string, T> }
  | ({ readonly kind: 'object' } & ObjectChange<T>);

/** A change of one object: undefined before it was added and after its deletion. */
export interface ObjectChange<T> {
  readonly key: string;
  readonly before: T | undefined;
  readonly after: T | undefined;
}

type ObjectEvent = Extract<ReceivedEvent, { readonly object: unknown }>;

/** The call-backs for one resource. `keyOf` has to be unique among its objects. */
export interface MirrorOptions<T> {
  /**
   * An object as the server sends it → the object to keep. Throwing ends the connection and starts
   * over with the whole state.
   */
  readonly parse: (raw: unknown) => T;
  readonly keyOf: (object: T) => string;
  /**
   * The state has changed. Called once when the whole state is there, then after each change; must
   * return at once. An object may be equal to the one before.
   */
  readonly onChange?: (state: ReflectorState<T>, change: StateChange<T>) => void;
  /**
   * The same, but after the bookmark that follows changes instead of after each. It is for a client
   * that must not act on a part of a publication, and a server that ends each with a bookmark.
   */
  readonly onBatch?: (state: ReflectorState<T>) => void;
}

/** Applies lists and watch events to a copy of the server's objects. */
export class Mirror<T> {
  readonly #options: MirrorOptions<T>;
  #objects = new Map<string, T>();
  #resourceVersion = '';
  #synced = false;
  /** Whether a watch can continue from `#resourceVersion`. */
  #resumable = false;
  /** Collects the initial events of a watch until they are complete. */
  #initial = new Map<string, T>();
  #progressed = false;
  /** Whether the state has changed since the latest bookmark. */
  #isPending = false;

  constructor(options: MirrorOptions<T>) {
    this.#options = options;
  }

  state(): ReflectorState<T> {
    return {
      objects: this.#objects,
      resourceVersion: this.#resourceVersion,
      synced: this.#synced,
    };
  }

  /** The version to watch from; undefined when the whole state is needed. */
  get resumeFrom(): string | undefined {
    return this.#resumable ? this.#resourceVersion : undefined;
  }

  /** Whether the state has followed the server since {@link startConnection}. */
  get hasProgressed(): boolean {
    return this.#progressed;
  }

  /** Drops the initial events of a connection that ended before they were complete. */
  startConnection(): void {
    this.#initial = new Map();
    this.#progressed = false;
  }

  /** The next connection takes the whole state. The old one stays until then. */
  startOver(): void {
    this.#resumable = false;
  }

  takeList(items: readonly unknown[], resourceVersion: string): void {
    const objects = items.map((item) => this.#parse(item));
    this.#replace(
      new Map(objects.map((object) => [this.#options.keyOf(object), object])),
      resourceVersion,
    );
  }

  /** Throws {@link WatchHttpError} for an ERROR event. */
  takeEvent(event: ReceivedEvent): void {
    this.#apply(event);
    this.#progressed ||= this.#resumable;
  }

  #apply(event: ReceivedEvent): void {
    switch (event.type) {
      case 'ERROR':
        throw new WatchHttpError(event.code, event.message);
      case 'BOOKMARK':
        if (this.#resumable) {
          this.#resourceVersion = event.resourceVersion;
          if (this.#isPending) {
            this.#endBatch();
          }
        } else if (event.endsInitialEvents) {
          this.#replace(this.#initial, event.resourceVersion);
        }
        return;
      case 'ADDED':
      case 'MODIFIED':
      case 'DELETED':
        this.#takeObject(event, this.#parse(event.object));
    }
  }

  #takeObject({ type, resourceVersion }: ObjectEvent, object: T): void {
    const objects = this.#resumable ? this.#objects : this.#initial;
    const key = this.#options.keyOf(object);
    const before = objects.get(key);
    const after = type === 'DELETED' ? undefined : object;
    if (after === undefined) {
      objects.delete(key);
    } else {
      objects.set(key, after);
    }
    if (this.#resumable) {
      this.#resourceVersion = resourceVersion;
      this.#isPending = true;
      this.#options.onChange?.(this.state(), { kind: 'object', key, before, after });
    }
  }

  #endBatch(): void {
    this.#isPending = false;
    this.#options.onBatch?.(this.state());
  }

  #replace(objects: Map<string, T>, resourceVersion: string): void {
    const before = this.#objects;
    this.#objects = objects;
    this.#resourceVersion = resourceVersion;
    this.#synced = true;
    this.#resumable = true;
    this.#options.onChange?.(this.state(), { kind: 'whole-state', before });
    this.#endBatch();
  }

  #parse(raw: unknown): T {
    try {
      return this.#options.parse(raw);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new WatchProtocolError(`an object that is not understood: ${reason}`, { cause });
    }
  }
}
