import type { Clock } from './clock.ts';
import { createTimer } from './clock.ts';

/** A pass, and the times between passes in milliseconds. */
export interface RunnerOptions {
  /**
   * One level-based pass: looks at the whole state and acts. It may run again at any time; two
   * passes never overlap.
   */
  readonly reconcile: () => void | Promise<void>;
  /** Called with the error of each failed pass, before the retry. */
  readonly onError: (error: unknown) => void;
  readonly clock: Clock;
  /**
   * Least time from the end of a pass to the start of the next, in milliseconds; triggers in
   * between are merged. Default 0.
   */
  readonly minIntervalMs?: number;
  /**
   * The first retry comes after this time, each further one after twice as long, up to
   * `maxRetryMs`. Default 500 and 30 000.
   */
  readonly retryMs?: number;
  readonly maxRetryMs?: number;
  /** The time from a pass that succeeded to the next without a trigger. Default: no such pass. */
  readonly resyncMs?: number;
}

/** Runs passes one after another, each in answer to a trigger, a failure or the resync. */
export interface Runner {
  /** Asks for a pass that starts after this call. */
  trigger(): void;
  /** Starts no further pass; resolves when the current one has ended. */
  stop(): Promise<void>;
}

/**
 * The one place that decides when work is done, merged, retried and repeated. Nothing runs before
 * the first trigger.
 */
export function createRunner(options: RunnerOptions): Runner {
  const { clock, minIntervalMs = 0 } = options;
  const pass = passOf(options);
  const rest = createTimer(clock);
  const retryOrResync = createTimer(clock);
  let stopped = false;
  let wanted = false;
  let running: Promise<void> | undefined;

  function trigger(): void {
    if (stopped) {
      return;
    }
    wanted = true;
    if (running === undefined && !rest.isSet()) {
      start();
    }
  }

  function start(): void {
    wanted = false;
    retryOrResync.cancel();
    running = pass().then(ended);
  }

  function ended(delayMs: number | undefined): void {
    running = undefined;
    if (stopped) {
      return;
    }
    if (delayMs !== undefined) {
      retryOrResync.set(delayMs, trigger);
    }
    rest.set(minIntervalMs, () => {
      if (wanted) {
        start();
      }
    });
  }

  return {
    trigger,
    async stop() {
      stopped = true;
      retryOrResync.cancel();
      rest.cancel();
      await running;
    },
  };
}

/**
 * A function that runs one pass and resolves with the milliseconds until the retry or the resync.
 * Undefined when only a trigger starts the next pass.
 */
function passOf({
  reconcile,
  onError,
  retryMs = 500,
  maxRetryMs = 30_000,
  resyncMs,
}: RunnerOptions): () => Promise<number | undefined> {
  let failures = 0;
  return async () => {
    try {
      await reconcile();
      failures = 0;
      return resyncMs;
    } catch (error) {
      onError(error);
      failures += 1;
      return Math.min(maxRetryMs, retryMs * 2 ** (failures - 1));
    }
  };
}
