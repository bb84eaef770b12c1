import { setTimeout as sleep } from 'node:timers/promises';

/** How long to wait, how often to ask, and the words that the error adds. */
export interface WaitOptions {
  /** Default 60 000: a limit that only a hang reaches. */
  readonly timeoutMs?: number;
  /** Default 20. */
  readonly intervalMs?: number;
  /** The present state, which the error adds after "instead: ". */
  readonly actual?: () => string;
}

/**
 * Asks again and again until the answer is neither undefined nor false, and returns it. Throws
 * when that takes longer than `timeoutMs`; an error of `ask` ends the wait at once.
 * @param what completes "waited … s for" in the error
 */
export async function waitFor<T>(
  what: string,
  ask: () => T | Promise<T>,
  { timeoutMs = 60_000, intervalMs = 20, actual }: WaitOptions = {},
): Promise<Exclude<T, false | undefined>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) {
      return answer as Exclude<T, false | undefined>;
    }
    if (performance.now() > deadline) {
      const instead = actual === undefined ? '' : `; instead: ${actual()}`;
      throw new Error(`waited ${timeoutMs / 1000} s for ${what}${instead}`);
    }
    await sleep(intervalMs);
  }
}
