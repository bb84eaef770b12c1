/** The measured times of several rounds, in milliseconds. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** The spread of the values, to a hundredth. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b).map((ms) => Math.round(ms * 100) / 100);
  return {
    min: sorted[0] ?? NaN,
    median: sorted[Math.floor(sorted.length / 2)] ?? NaN,
    max: sorted.at(-1) ?? NaN,
  };
}

/** For people: the median, and the spread in brackets. */
export function textOf({ min, median, max }: Spread): string {
  return `${median} (${min}-${max})`;
}
