import type { Clock } from '@sallyport/reconcile';
import { createRunner } from '@sallyport/reconcile';
import type { StatusScope } from './status-pass.ts';

export interface StatusLoopOptions {
  readonly clock: Clock;
  /**
   * One pass over the Egresses; `outdated` when a new decision has ended it, so that a new holder
   * does not wait for it.
   */
  readonly pass: (scope: StatusScope) => Promise<'done' | 'outdated'>;
  readonly onError: (error: unknown) => void;
}

/** Decides when statuses are written. */
export interface StatusLoop {
  /** There is a new decision. */
  decided(): void;
  /** A Node has told how far it is. */
  reported(): void;
  stop(): Promise<void>;
}

/**
 * Passes are this far apart at least: the most often that one Egress is written, should its IP hop
 * from Node to Node.
 */
const MIN_INTERVAL_MS = 20;

/**
 * Who holds an IP is written at once. All else waits for this time after the first change: mostly
 * the Nodes have done by then what they were told, so that a Pod that comes or goes costs no write,
 * and the reports of many Nodes cost one.
 */
const DELAY_MS = 150;

export function createStatusLoop({ clock, pass, onError }: StatusLoopOptions): StatusLoop {
  let everythingDue = false;
  let cancelDelay: (() => void) | undefined;
  const runner = createRunner({
    clock,
    minIntervalMs: MIN_INTERVAL_MS,
    onError,
    async reconcile() {
      const scope = everythingDue ? 'everything' : 'holders';
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
    reported: everythingLater,
    stop() {
      cancelDelay?.();
      return runner.stop();
    },
  };
}
