const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The order of two quantities such as `500m` and `1`: negative, zero or positive. */
export function compareQuantities(one: string, two: string): number {
  return valueOf(one) - valueOf(two);
}

function valueOf(quantity: string): number {
  const [, number = '', suffix = ''] = /^([+-]?[0-9.]+(?:[eE][-+]?\d+)?)(.*)$/.exec(quantity) ?? [];
  return Number(number) * (SUFFIXES[suffix] ?? 1);
}
