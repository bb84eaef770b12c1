import { retryAfterMsIn } from '@sallyport/kube';
import type { Clock } from '@sallyport/reconcile';
import { createRunner } from '@sallyport/reconcile';
import type { Concerned, EgressNames } from '../loop/decider.ts';
import type { StatusScope } from './status-pass.ts';

/** `onError` gets the error of each failed pass; the loop tries again by itself. */
export interface StatusLoopOptions {
  readonly clock: Clock;
  /** The names of all Egresses. */
  readonly names: () => Iterable<string>;
  /**
   * One pass over the Egresses that are due. It takes out those that are up to date. It resolves
   * with `outdated` when it has ended early, so that a new placement does not wait for the rest.
   */
  readonly pass: (
    scope: StatusScope,
    due: Set<string>,
    isCurrent: () => boolean,
  ) => Promise<'done' | 'outdated'>;
  readonly onError: (error: unknown) => void;
}

/** Decides when statuses are written. */
export interface StatusLoop {
  /** A new decision has been published. */
  readonly decided: (concerned: Concerned) => void;
  /** A Node has reported its progress. */
  readonly progressed: (egresses: EgressNames) => void;
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
export function createStatusLoop(options: StatusLoopOptions): StatusLoop {
  const { clock, names, pass, onError } = options;
  const waiting = { placements: new WaitingEgresses(), everything: new WaitingEgresses() };
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
      // Those with a new placement are among all that wait.
      const urgent = waiting.placements.take(names);
      const due = scope === 'placements' ? urgent : waiting.everything.take(names);
      let done = false;
      try {
        done = (await pass(scope, due, () => waiting.placements.isEmpty)) === 'done';
      } finally {
        if (!done) {
          waiting[scope].add(due);
          everythingDue ||= scope === 'everything';
        }
      }
    },
  });
  const everythingLater = (egresses: EgressNames): void => {
    if (waiting.everything.add(egresses)) {
      cancelDelay ??= clock.after(DELAY_MS, () => {
        cancelDelay = undefined;
        everythingDue = true;
        runner.trigger();
      });
    }
  };
  return {
    decided({ placed, all }) {
      if (waiting.placements.add(placed)) {
        runner.trigger();
      }
      everythingLater(all);
    },
    progressed: everythingLater,
    stop() {
      cancelDelay?.();
      return runner.stop();
    },
  };
}

/** The names of the Egresses that wait for a pass. */
class WaitingEgresses {
  #all = false;
  #names = new Set<string>();

  get isEmpty(): boolean {
    return !this.#all && this.#names.size === 0;
  }

  /** Returns whether any was added. */
  add(egresses: EgressNames): boolean {
    if (egresses === 'all') {
      this.#all = true;
      return true;
    }
    for (const name of egresses) {
      this.#names.add(name);
    }
    return egresses.size > 0;
  }

  take(allNames: () => Iterable<string>): Set<string> {
    const names = this.#all ? new Set(allNames()) : this.#names;
    this.#all = false;
    this.#names = new Set();
    return names;
  }
}
