/** Time as the runner needs it; tests pass their own. */
export interface Clock {
  /** Calls `callback` once after `delayMs` milliseconds and returns the way to cancel it. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The machine's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
