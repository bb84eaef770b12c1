import { setTimeout as sleep } from 'node:timers/promises';

/** How long to wait, and what for in the words of the error. */
export interface WaitOptions {
  /** Completes "waited … s for". */
  readonly what: string;
  /** Default 60 000. */
  readonly timeoutMs?: number;
  /** Default 50. */
  readonly intervalMs?: number;
  /** Told in the error: how things are instead. */
  readonly actual?: () => string;
}

/**
 * Asks again and again until the answer is not undefined, and returns it; throws when that takes
 * longer than `timeoutMs`.
 */
export async function waitFor<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  options: WaitOptions,
): Promise<T> {
  const { what, timeoutMs = 60_000, intervalMs = 50, actual } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) {
      return answer;
    }
    if (performance.now() > deadline) {
      throw new Error(
        `waited ${String(timeoutMs / 1000)} s for ${what}${actual === undefined ? '' : `; instead: ${actual()}`}`,
      );
    }
    await sleep(intervalMs);
  }
}
