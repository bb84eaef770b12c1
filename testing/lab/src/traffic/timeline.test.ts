import { entryFromLine, failuresOf, longestOutageMs, sourcesOf } from './timeline.ts';

const timeline = [
  '10.000000 0.010000 0 192.168.77.11 ',
  '10.100000 0.010000 0 192.168.77.11 ',
  '11.100000 1.000000 28  Connection timed out after 1000 milliseconds',
  '11.300000 0.010000 0 192.168.77.200 ',
  '11.400000 0.010000 7  ',
].flatMap((line) => entryFromLine(line) ?? []);

it('reads the lines of curl', () => {
  expect(timeline.map(({ outcome }) => outcome)).toEqual([
    { source: '192.168.77.11' },
    { source: '192.168.77.11' },
    { error: 'Connection timed out after 1000 milliseconds' },
    { source: '192.168.77.200' },
    { error: 'curl exit status 7' },
  ]);
  expect(timeline[2]).toMatchObject({ timeMs: 11_100, durationMs: 1000 });
});

it('is silent about other lines', () => {
  expect(entryFromLine('curl: (6) Could not resolve host')).toBeUndefined();
});

it('does not take an answer without a source for one', () => {
  expect(entryFromLine('10.000000 0.010000 0  ')?.outcome).toEqual({ error: 'curl exit status 0' });
});

it('sums up', () => {
  expect(sourcesOf(timeline)).toEqual(['192.168.77.11', '192.168.77.200']);
  expect(failuresOf(timeline)).toHaveLength(2);
  expect(longestOutageMs(timeline)).toBeCloseTo(1200);
  expect(longestOutageMs([])).toBe(0);
});
