/** A call that everybody shares who asks while it runs. */
export interface SharedCall<T> {
  /** The result of the running call, or of a new one. Rejects with the reason of the signal. */
  result(signal: AbortSignal): Promise<T>;
  /** The next one who asks gets a new call. */
  renew(): void;
}

/** Makes a call for many; an aborted signal ends the wait of one of them, not the call. */
export function shareCall<T>(call: () => Promise<T>): SharedCall<T> {
  let running: Promise<T> | undefined;
  const start = (): Promise<T> => {
    const started = call().finally(() => {
      if (running === started) {
        running = undefined;
      }
    });
    return started;
  };
  return {
    result: (signal) => beforeAbort((running ??= start()), signal),
    renew() {
      running = undefined;
    },
  };
}

async function beforeAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) {
      onAbort();
    }
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (onAbort !== undefined) {
      signal.removeEventListener('abort', onAbort);
    }
  }
}
