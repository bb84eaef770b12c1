import type { Closers } from './closers.ts';

/** Gets progress and errors of the lab, one line each. */
export type ClusterLog = (message: string) => void;

/** Runs one step of the set-up and logs how long it took. */
export async function timed<T>(log: ClusterLog, step: string, run: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await run();
  log(`${step}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

/** Waits for the start of a thing, and leaves its end to the closers. */
export async function started<T>(
  closers: Closers,
  name: string,
  starting: Promise<T>,
  close: (started: T) => Promise<void>,
): Promise<T> {
  const thing = await starting;
  await closers.add(name, () => close(thing));
  return thing;
}

/**
 * As Promise.all, but if one fails, it waits for the others before it rejects, so that the caller
 * can close everything that they started.
 */
export async function allOf<const T extends readonly Promise<unknown>[]>(
  promises: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
