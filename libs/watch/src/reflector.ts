import type { Clock } from '@sallyport/reconcile';
import { createRunner } from '@sallyport/reconcile';
import { parseEvent, WatchProtocolError } from './parse-event.ts';
import { splitLines } from './split-lines.ts';
import type { WatchSource } from './watch-source.ts';
import { WatchHttpError } from './watch-source.ts';

/** What the client knows of the server's objects. */
export interface ReflectorState<T> {
  /** The reflector's own map, which goes on changing: copy what must stay. */
  readonly objects: ReadonlyMap<string, T>;
  /** The version the objects are of; "" before the first synchronization. */
  readonly resourceVersion: string;
  /**
   * Whether the whole state has been seen once. It stays true when the connection is lost: the
   * state is then the last one known.
   */
  readonly synced: boolean;
}

export interface ReflectorOptions<T> {
  readonly source: WatchSource;
  /**
   * An object as the server sends it → the object to keep. Throwing ends the connection and starts
   * over with the whole state.
   */
  readonly parse: (raw: unknown) => T;
  readonly keyOf: (object: T) => string;
  /**
   * The state is another one now. Called once when the whole state is there, then after each
   * change; must return at once.
   */
  readonly onChange: (state: ReflectorState<T>) => void;
  /** The server answered a request for a watch: called for each connection. */
  readonly onConnect?: () => void;
  /** A connection failed; the next attempt follows by itself. */
  readonly onError: (error: unknown) => void;
  readonly clock: Clock;
  /** From 0 to 1; spreads the reconnects of many clients. */
  readonly random: () => number;
  /**
   * A connection on which nothing arrives for this long is given up. Must exceed the server's
   * interval of bookmarks.
   */
  readonly idleMs: number;
  /**
   * Delay of the first retry and the longest one. Default 200 and 5000; a random part of up to one
   * half is taken off.
   */
  readonly retryMs?: number;
  readonly maxRetryMs?: number;
  /** The longest line that is accepted, in characters. Default 64 Mi. */
  readonly maxLineLength?: number;
}

export interface Reflector<T> {
  state(): ReflectorState<T>;
  /** Ends the connection; no call-back follows. */
  stop(): Promise<void>;
}

/**
 * Mirrors the objects of a list-and-watch endpoint, for ever: the whole state once, then changes;
 * after a lost connection it resumes from the last version seen, and takes the whole state again
 * only when the server says that version is too old (410) or sends something that can't be
 * understood. Until the new whole state is complete, the old one stays.
 */
export function createReflector<T>(options: ReflectorOptions<T>): Reflector<T> {
  const { source, parse, keyOf, clock, idleMs, maxLineLength = 64 * 1024 * 1024 } = options;
  let objects = new Map<string, T>();
  let resourceVersion = '';
  let synced = false;
  /** Whether `objects` can be continued from `resourceVersion`. */
  let resumable = false;
  let connection: AbortController | undefined;
  let stopped = false;

  const state = (): ReflectorState<T> => ({ objects, resourceVersion, synced });

  const replaceState = (next: Map<string, T>, version: string): void => {
    objects = next;
    resourceVersion = version;
    synced = true;
    resumable = true;
    options.onChange(state());
  };

  const parseObject = (raw: unknown): T => {
    try {
      return parse(raw);
    } catch (cause) {
      throw new WatchProtocolError(`an object that is not understood: ${messageOf(cause)}`, {
        cause,
      });
    }
  };

  const takeList = async (
    list: NonNullable<WatchSource['list']>,
    signal: AbortSignal,
  ): Promise<void> => {
    const { items, resourceVersion: version } = await list(signal);
    const next = new Map<string, T>();
    for (const item of items) {
      const object = parseObject(item);
      next.set(keyOf(object), object);
    }
    replaceState(next, version);
  };

  /** Takes in one line; `initial` collects the initial events until they are complete. */
  const takeLine = (
    line: string,
    initial: Map<string, T> | undefined,
  ): Map<string, T> | undefined => {
    const event = parseEvent(line);
    if (event.type === 'ERROR') {
      throw new WatchHttpError(event.code, event.message);
    }
    if (event.type === 'BOOKMARK') {
      if (initial === undefined) {
        resourceVersion = event.resourceVersion;
      } else if (event.endsInitialEvents) {
        replaceState(initial, event.resourceVersion);
      }
      return event.endsInitialEvents ? undefined : initial;
    }
    const target = initial ?? objects;
    const object = parseObject(event.object);
    if (event.type === 'DELETED') {
      target.delete(keyOf(object));
    } else {
      target.set(keyOf(object), object);
    }
    if (initial !== undefined) {
      return initial;
    }
    resourceVersion = event.resourceVersion;
    options.onChange(state());
    return undefined;
  };

  /** One connection, from request to end. */
  const connect = async (abort: AbortController, onProgress: () => void): Promise<void> => {
    let cancelIdle: (() => void) | undefined;
    const alive = (): void => {
      cancelIdle?.();
      cancelIdle = clock.after(idleMs, () => {
        abort.abort(new Error(`nothing received for ${idleMs} ms`));
      });
    };
    async function* watched(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        alive();
        yield chunk;
      }
    }
    alive();
    try {
      if (!resumable && source.list !== undefined) {
        await takeList(source.list, abort.signal);
      }
      const chunks = await source.watch(resumable ? resourceVersion : undefined, abort.signal);
      options.onConnect?.();
      let initial = resumable ? undefined : new Map<string, T>();
      let lines = 0;
      for await (const line of splitLines(watched(chunks), maxLineLength)) {
        abort.signal.throwIfAborted();
        initial = takeLine(line, initial);
        lines += 1;
        if (initial === undefined) {
          onProgress();
        }
      }
      if (lines === 0) {
        throw new WatchProtocolError('the watch ended before anything was received');
      }
    } finally {
      cancelIdle?.();
      abort.abort();
    }
  };

  const runner = createRunner({
    clock: jittered(clock, options.random),
    minIntervalMs: 100,
    retryMs: options.retryMs ?? 200,
    maxRetryMs: options.maxRetryMs ?? 5000,
    onError: (error) => {
      if (!stopped) {
        options.onError(error);
      }
    },
    async reconcile() {
      const abort = new AbortController();
      connection = abort;
      const resuming = resumable;
      const seen = { progress: false };
      try {
        await connect(abort, () => {
          seen.progress = true;
        });
      } catch (error) {
        const expired = error instanceof WatchHttpError && error.status === 410;
        const misunderstood = error instanceof WatchProtocolError;
        if (expired || misunderstood) {
          resumable = false;
        }
        // Try again at once only if that can't fail the same way for ever.
        if (!(expired && resuming) && (misunderstood || !seen.progress)) {
          throw error;
        }
        if (!stopped) {
          options.onError(error);
        }
      }
      runner.trigger();
    },
  });
  runner.trigger();

  return {
    state,
    async stop() {
      stopped = true;
      connection?.abort();
      await runner.stop();
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A clock whose delays are shortened by a random part of up to one half. */
function jittered(clock: Clock, random: () => number): Clock {
  return {
    after: (delayMs, callback) => clock.after(delayMs * (1 - random() / 2), callback),
  };
}
