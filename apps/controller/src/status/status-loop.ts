import { retryAfterMsIn } from '@sallyport/kube';
import type { Clock } from '@sallyport/reconcile';
import { createRunner } from '@sallyport/reconcile';
import type { StatusScope } from './status-pass.ts';

/** `onError` gets the error of each failed pass; the loop tries again by itself. */
export interface StatusLoopOptions {
  readonly clock: Clock;
  /**
   * One pass over the Egresses. It resolves with `outdated` when a new decision has ended it early,
   * so that a new placement does not wait for the rest.
   */
  readonly pass: (scope: StatusScope) => Promise<'done' | 'outdated'>;
  readonly onError: (error: unknown) => void;
}

/** Decides when statuses are written. */
export interface StatusLoop {
  /** A new decision has been published. */
  readonly decided: () => void;
  /** A Node has reported its progress. */
  readonly progressed: () => void;
  stop(): Promise<void>;
}

/**
 * The least time between passes. It bounds the writes to one Egress whose IP moves from Node to
 * Node.
 */
const MIN_INTERVAL_MS = 20;

/**
 * Placements are written at once. Everything else waits for this time after the first change. By
 * then most Nodes have applied it, so a Pod that comes or goes costs no write, and the reports of
 * many Nodes cost one.
 */
const DELAY_MS = 150;

/** Nothing is written before the first call of `decided` or `progressed`. */
export function createStatusLoop({ clock, pass, onError }: StatusLoopOptions): StatusLoop {
  let everythingDue = false;
  let cancelDelay: (() => void) | undefined;
  const runner = createRunner({
    clock,
    minIntervalMs: MIN_INTERVAL_MS,
    onError,
    pauseMsAfter: retryAfterMsIn,
    async reconcile() {
      const scope = everythingDue ? 'everything' : 'placements';
      everythingDue = false;
      let done = false;
      try {
        done = (await pass(scope)) === 'done';
      } finally {
        if (!done) {
          everythingDue ||= scope === 'everything';
        }
      }
    },
  });
  const everythingLater = (): void => {
    cancelDelay ??= clock.after(DELAY_MS, () => {
      cancelDelay = undefined;
      everythingDue = true;
      runner.trigger();
    });
  };
  return {
    decided() {
      runner.trigger();
      everythingLater();
    },
    progressed: everythingLater,
    stop() {
      cancelDelay?.();
      return runner.stop();
    },
  };
}
