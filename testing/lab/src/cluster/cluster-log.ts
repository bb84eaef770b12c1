/** Told in one line what the lab does and how long it took. */
export type ClusterLog = (message: string) => void;

/** Runs one step of the set-up and logs how long it took. */
export async function timed<T>(log: ClusterLog, step: string, run: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await run();
  log(`${step}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}
