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
  /**
   * Least time to the next pass after this error, in milliseconds, also for triggers. Default 0.
   */
  readonly pauseMsAfter?: (error: unknown) => number;
  /**
   * From 0 to 1: a random part of up to one half is subtracted from the minimum and the retry
   * interval. Many programs then do not act at once. Default: nothing is subtracted.
   */
  readonly random?: () => number;
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
  const { clock, minIntervalMs = 0, random = () => 0 } = options;
  const spread = (ms: number): number => ms * (1 - random() / 2);
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

  function ended({ resyncMs, retryMs, pauseMs = 0 }: Ended): void {
    running = undefined;
    if (stopped) {
      return;
    }
    if (retryMs !== undefined) {
      retryOrResync.set(Math.max(spread(retryMs), pauseMs), trigger);
    } else if (resyncMs !== undefined) {
      retryOrResync.set(resyncMs, trigger);
    }
    rest.set(Math.max(spread(minIntervalMs), pauseMs), () => {
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

/** The times in milliseconds after a pass; with none, only a trigger starts the next one. */
interface Ended {
  readonly resyncMs?: number | undefined;
  readonly retryMs?: number;
  readonly pauseMs?: number;
}

/** A function that runs one pass; it never rejects. */
function passOf({
  reconcile,
  onError,
  retryMs = 500,
  maxRetryMs = 30_000,
  resyncMs,
  pauseMsAfter = () => 0,
}: RunnerOptions): () => Promise<Ended> {
  let failures = 0;
  return async () => {
    try {
      await reconcile();
      failures = 0;
      return { resyncMs };
    } catch (error) {
      onError(error);
      failures += 1;
      return {
        retryMs: Math.min(maxRetryMs, retryMs * 2 ** (failures - 1)),
        pauseMs: pauseMsAfter(error),
      };
    }
  };
}
