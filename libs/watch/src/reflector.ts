import type { Clock } from '@sallyport/reconcile';
import { createRunner, createTimer } from '@sallyport/reconcile';
import { ConnectionError } from './connection-error.ts';
import type { MirrorOptions, ReflectorState } from './mirror.ts';
import { Mirror } from './mirror.ts';
import { parseEvent, WatchProtocolError } from './parse-event.ts';
import { splitLines } from './split-lines.ts';
import type { WatchSource } from './watch-source.ts';
import { WatchHttpError } from './watch-source.ts';

/** A resource to follow, and the times of its connection in milliseconds. */
export interface ReflectorOptions<T> extends MirrorOptions<T> {
  readonly source: WatchSource;
  /** The server answered a request for a watch: called for each connection. */
  readonly onConnect?: () => void;
  /** A connection failed; the reflector connects again by itself. */
  readonly onError: (error: unknown) => void;
  readonly clock: Clock;
  /** From 0 to 1; spreads the reconnects of many clients. */
  readonly random: () => number;
  /**
   * A connection on which nothing arrives for this long is closed. Must exceed the server's
   * interval of bookmarks.
   */
  readonly idleMs: number;
  /**
   * Delay of the first retry and the longest one. Default 200 and 5000; a random part of up to one
   * half is subtracted.
   */
  readonly retryMs?: number;
  readonly maxRetryMs?: number;
  /** The longest line that is accepted, in characters. Default 64 Mi. */
  readonly maxLineLength?: number;
}

/** Follows the objects of one resource. It reconnects by itself until it is stopped. */
export interface Reflector<T> {
  state(): ReflectorState<T>;
  /** Ends the connection; no call-back follows. */
  stop(): Promise<void>;
}

/**
 * Mirrors the objects of a list-and-watch endpoint, for ever: the whole state once, then changes.
 * After a lost connection it resumes from the last version that it received. It takes the whole
 * state again only when the server says that this version is too old (410) or sends something that
 * is not understood. Until the new state is complete, the old one stays.
 */
export function createReflector<T>(options: ReflectorOptions<T>): Reflector<T> {
  const mirror = new Mirror(options);
  let connection: AbortController | undefined;
  let stopped = false;

  const report = (error: unknown): void => {
    if (!stopped) {
      options.onError(error);
    }
  };
  const runner = createRunner({
    clock: options.clock,
    random: options.random,
    minIntervalMs: 100,
    retryMs: options.retryMs ?? 200,
    maxRetryMs: options.maxRetryMs ?? 5000,
    pauseMsAfter: (error) => (error instanceof WatchHttpError ? (error.retryAfterMs ?? 0) : 0),
    onError: report,
    async reconcile() {
      connection = new AbortController();
      await follow(mirror, options, connection, report);
      runner.trigger();
    },
  });
  runner.trigger();

  return {
    state: () => mirror.state(),
    async stop() {
      stopped = true;
      connection?.abort();
      await runner.stop();
    },
  };
}

/**
 * One connection, and its consequence for the next. Resolves when that can follow at once; rejects
 * when it has to wait, since it might fail the same way.
 */
async function follow<T>(
  mirror: Mirror<T>,
  options: ReflectorOptions<T>,
  connection: AbortController,
  report: (error: unknown) => void,
): Promise<void> {
  const resuming = mirror.resumeFrom !== undefined;
  try {
    await connect(mirror, options, connection);
  } catch (error) {
    const expired = error instanceof WatchHttpError && error.status === 410;
    const misunderstood = error instanceof WatchProtocolError;
    if (expired || misunderstood) {
      mirror.startOver();
    }
    if (!(expired && resuming) && (misunderstood || !mirror.hasProgressed)) {
      throw error;
    }
    report(error);
  }
}

/** One connection, from request to end. */
async function connect<T>(
  mirror: Mirror<T>,
  { source, clock, idleMs, onConnect, maxLineLength = 64 * 1024 * 1024 }: ReflectorOptions<T>,
  connection: AbortController,
): Promise<void> {
  const { signal } = connection;
  const idle = createTimer(clock);
  const restartIdle = (): void => {
    idle.set(idleMs, () => {
      connection.abort(new ConnectionError(`nothing received for ${idleMs} ms`));
    });
  };
  restartIdle();
  try {
    mirror.startConnection();
    if (mirror.resumeFrom === undefined && source.list !== undefined) {
      const { items, resourceVersion } = await source.list(signal);
      mirror.takeList(items, resourceVersion);
    }
    const chunks = await source.watch(mirror.resumeFrom, signal);
    onConnect?.();
    let isEmpty = true;
    for await (const line of splitLines(tapped(chunks, restartIdle), maxLineLength)) {
      signal.throwIfAborted();
      mirror.takeEvent(parseEvent(line));
      isEmpty = false;
    }
    if (isEmpty) {
      throw new WatchProtocolError('the watch ended before anything was received');
    }
  } finally {
    idle.cancel();
    connection.abort();
  }
}

/** The same items; `onItem` is called before each. */
async function* tapped<T>(items: AsyncIterable<T>, onItem: () => void): AsyncGenerator<T> {
  for await (const item of items) {
    onItem();
    yield item;
  }
}
