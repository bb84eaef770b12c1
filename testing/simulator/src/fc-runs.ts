/**
 * The number of runs of a property test. By default a tenth of the usual number, for a quick
 * answer; the usual number with `FC_RUNS=full`, as in CI; or the number in `FC_RUNS`.
 */
export function runs(usual: number): number {
  const chosen = process.env.FC_RUNS;
  return chosen === 'full' ? usual : chosen === undefined ? Math.ceil(usual / 10) : Number(chosen);
}
