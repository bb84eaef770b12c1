import type { Clock } from './clock.ts';

export interface RunnerOptions {
  /**
   * One level-based pass: looks at the whole state and acts. It may run again at any time; it never
   * runs twice at once.
   */
  readonly reconcile: () => void | Promise<void>;
  /** Told of each failed pass, before it is retried. */
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
  /** A pass without a trigger after this long; without it there is none. */
  readonly resyncMs?: number;
}

export interface Runner {
  /** Asks for a pass that starts after this call. */
  trigger(): void;
  /** No pass starts any more; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/**
 * The one place that decides when work is done, merged, retried and repeated. Nothing runs before
 * the first trigger.
 */
export function createRunner(options: RunnerOptions): Runner {
  const {
    reconcile,
    onError,
    clock,
    minIntervalMs = 0,
    retryMs = 500,
    maxRetryMs = 30_000,
    resyncMs,
  } = options;
  let stopped = false;
  let running: Promise<void> | undefined;
  let wanted = false;
  let failures = 0;
  let restUntilNext: (() => void) | undefined;
  let cancelLater: (() => void) | undefined;

  const passAfter = (delayMs: number): void => {
    cancelLater?.();
    cancelLater = clock.after(delayMs, trigger);
  };

  const pass = async (): Promise<void> => {
    wanted = false;
    cancelLater?.();
    cancelLater = undefined;
    try {
      await reconcile();
      failures = 0;
      if (resyncMs !== undefined && !stopped) {
        passAfter(resyncMs);
      }
    } catch (error) {
      onError(error);
      if (!stopped) {
        passAfter(Math.min(maxRetryMs, retryMs * 2 ** failures));
      }
      failures += 1;
    }
  };

  const rest = (): void => {
    if (stopped) {
      return;
    }
    restUntilNext = clock.after(minIntervalMs, () => {
      restUntilNext = undefined;
      if (wanted) {
        start();
      }
    });
  };

  const start = (): void => {
    running = pass().finally(() => {
      running = undefined;
      rest();
    });
  };

  function trigger(): void {
    if (stopped) {
      return;
    }
    wanted = true;
    if (running === undefined && restUntilNext === undefined) {
      start();
    }
  }

  return {
    trigger,
    async stop() {
      stopped = true;
      cancelLater?.();
      restUntilNext?.();
      await running;
    },
  };
}
