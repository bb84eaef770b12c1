import type { EgressEvent, EventHistory, EventWrite } from './event-correlator.ts';
import { correlate, isExpired, NO_EVENTS } from './event-correlator.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-01-02T03:04:05.678Z');
const assigned: EgressEvent = {
  type: 'Normal',
  reason: 'Assigned',
  message: 'Node n1 has 192.0.2.10',
};
const missing: EgressEvent = {
  type: 'Warning',
  reason: 'NoNode',
  message: 'no Node has 192.0.2.10',
};

describe('correlate', () => {
  it('makes one Event with a count of equal ones', () => {
    const events = Array.from({ length: 10 }, () => [missing, assigned]).flat();
    const { writes } = record(events, 300);
    expect(writes).toHaveLength(20);
    expect(writes.filter(({ op }) => op === 'create')).toHaveLength(2);
    expect(new Set(writes.map(({ name }) => name)).size).toBe(2);
    expect(writes.at(-1)).toEqual({
      op: 'count',
      name: `web.${(START + 300).toString(16)}-1`,
      event: assigned,
      count: 10,
      firstMs: START + 300,
      lastMs: START + 19 * 300,
    });
  });

  it.each<[string, Partial<EgressEvent>]>([
    ['type', { type: 'Normal' }],
    ['reason', { reason: 'Other' }],
    ['message', { message: 'no Node has 192.0.2.11' }],
  ])('keeps Events of another %s apart', (_, difference) => {
    const { writes } = record([missing, { ...missing, ...difference }], 0);
    expect(writes.map(({ op, count }) => [op, count])).toEqual([
      ['create', 1],
      ['create', 1],
    ]);
    expect(new Set(writes.map(({ name }) => name)).size).toBe(2);
  });

  it('combines Events with many messages', () => {
    const { writes } = record(manyMessages(12), 1000);
    expect(writes.slice(8).map(({ op, count, event }) => [op, count, event.message])).toEqual([
      ['create', 1, 'message 8'],
      ['create', 1, '(combined from similar events): message 9'],
      ['count', 2, '(combined from similar events): message 10'],
      ['count', 3, '(combined from similar events): message 11'],
    ]);
  });

  it('combines no Events with more than ten minutes between them', () => {
    const { writes } = record(manyMessages(12), 11 * MINUTE);
    expect(writes.map(({ op }) => op)).toEqual(Array.from({ length: 12 }, () => 'create'));
  });

  it('writes 25 times for an object, then once every five minutes', () => {
    const { history, writes } = record(
      Array.from({ length: 40 }, () => missing),
      0,
    );
    expect(writes).toHaveLength(25);
    expect(correlate(history, 'web', missing, START + 5 * MINUTE - 1).write).toBeUndefined();
    const later = correlate(history, 'web', missing, START + 5 * MINUTE);
    // The count includes the Events that were not written.
    expect(later.write).toMatchObject({ op: 'count', count: 41 });
    expect(correlate(later.history, 'web', missing, START + 5 * MINUTE).write).toBeUndefined();
  });

  it('begins anew when the API server has deleted the Event', () => {
    const { history } = record([missing, missing], 0);
    const { write } = correlate(history, 'web', missing, START + 61 * MINUTE);
    expect(write).toMatchObject({ op: 'create', count: 1, firstMs: START + 61 * MINUTE });
  });

  it('drops the history of an object once nothing depends on it', () => {
    const { history } = record(
      Array.from({ length: 40 }, () => missing),
      0,
    );
    expect(isExpired(NO_EVENTS, START)).toBe(true);
    expect(isExpired(history, START + 124 * MINUTE)).toBe(false);
    expect(isExpired(history, START + 125 * MINUTE)).toBe(true);
    expect(isExpired(record([missing], 0).history, START + 59 * MINUTE)).toBe(false);
  });

  it('remembers a bounded number of Events however often they differ', () => {
    const { history } = record(manyMessages(1000), 1000);
    expect(history.series.size).toBeLessThanOrEqual(10);
  });

  it('names the Event of an Egress with a long name', () => {
    const { write } = correlate(NO_EVENTS, `${'a'.repeat(199)}.${'b'.repeat(53)}`, missing, START);
    expect(write?.name).toBe(`${'a'.repeat(199)}.${START.toString(16)}-0`);
  });
});

/** Records Events about the Egress `web` one after the other. */
function record(
  events: readonly EgressEvent[],
  intervalMs: number,
): { readonly history: EventHistory; readonly writes: readonly EventWrite[] } {
  let history = NO_EVENTS;
  const writes: EventWrite[] = [];
  for (const [index, event] of events.entries()) {
    const next = correlate(history, 'web', event, START + index * intervalMs);
    history = next.history;
    if (next.write !== undefined) {
      writes.push(next.write);
    }
  }
  return { history, writes };
}

function manyMessages(count: number): readonly EgressEvent[] {
  return Array.from({ length: count }, (_, index) => ({ ...missing, message: `message ${index}` }));
}
