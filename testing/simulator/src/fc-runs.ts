/**
 * The number of runs of a property test: a tenth of the usual number for a quick answer, the usual
 * number when `FC_RUNS=full`, as in CI, or the number that `FC_RUNS` is.
 */
export function runs(usual: number): number {
  const chosen = process.env.FC_RUNS;
  return chosen === 'full' ? usual : chosen === undefined ? Math.ceil(usual / 10) : Number(chosen);
}
