/** Time as the runner needs it; tests pass their own. */
export interface Clock {
  /** Calls `callback` once after `delayMs` milliseconds. Returns a function that cancels this. */
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

/** One call-back at a time: setting it again replaces the one before. */
export interface Timer {
  set(delayMs: number, callback: () => void): void;
  cancel(): void;
  /** Whether the call-back is still to come. */
  isSet(): boolean;
}

/** A timer that is not set. */
export function createTimer(clock: Clock): Timer {
  let cancel: (() => void) | undefined;
  return {
    set(delayMs, callback) {
      cancel?.();
      cancel = clock.after(delayMs, () => {
        cancel = undefined;
        callback();
      });
    },
    cancel() {
      cancel?.();
      cancel = undefined;
    },
    isSet: () => cancel !== undefined,
  };
}
