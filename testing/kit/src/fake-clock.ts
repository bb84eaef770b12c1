/** A `Clock` of @sallyport/reconcile that stands still until a test lets time pass. */
export interface FakeClock {
  /** Milliseconds since the clock was made. */
  nowMs(): number;
  /** Calls `callback` once after `delayMs` milliseconds and returns the way to cancel it. */
  after(delayMs: number, callback: () => void): () => void;
  /**
   * Lets time pass: makes the due calls in the order of time, and lets the promises of each call
   * settle before the next one.
   */
  pass(ms: number): Promise<void>;
}

/** How many promises in a chain settle between two calls. */
const SETTLING_TURNS = 20;

export function fakeClock(): FakeClock {
  let now = 0;
  let timers: { readonly at: number; readonly callback: () => void }[] = [];
  return {
    nowMs: () => now,
    after(delayMs, callback) {
      const timer = { at: now + delayMs, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    async pass(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const [next] = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) {
          break;
        }
        now = Math.max(now, next.at);
        timers = timers.filter((timer) => timer !== next);
        next.callback();
        await settle();
      }
      now = end;
    },
  };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLING_TURNS; turn += 1) {
    await Promise.resolve();
  }
}
