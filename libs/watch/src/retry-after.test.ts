import { parseRetryAfter } from './retry-after.ts';

it.each<[string | null | undefined, number | undefined]>([
  ['1', 1000],
  ['0', 0],
  ['86400', 60_000],
  ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
  ['', undefined],
  [null, undefined],
  [undefined, undefined],
])('Retry-After: %s is %s ms', (header, expected) => {
  expect(parseRetryAfter(header)).toBe(expected);
});
