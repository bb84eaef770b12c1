import { defaultMarks } from '@sallyport/dataplane';
import { readNetfilter } from '@sallyport/netfilter';
import { EMPTY_NETFILTER } from '@sallyport/netfilter/testing';
import { EMPTY_ROUTING } from '@sallyport/rtnetlink/testing';
import { cachedDataplane } from './cached-dataplane.ts';
import type { Dataplane, DataplanePart, DataplaneState, Operation } from './dataplane.ts';
import { DATAPLANE_PARTS } from './dataplane.ts';

const STATE: DataplaneState = {
  ovs: { flows: [], groups: [] },
  netfilter: readNetfilter(EMPTY_NETFILTER, defaultMarks),
  routing: EMPTY_ROUTING,
};
const RULE_ADDED: Operation = {
  op: 'add-rule',
  rule: {
    family: 'IPv4',
    priority: 1001,
    mark: defaultMarks.redirect,
    mask: defaultMarks.redirect,
    table: 7101,
  },
};

describe('cachedDataplane', () => {
  it('reads a watched part once, and one without a watch each time', async () => {
    const { dataplane, read } = setUp();
    await dataplane.observe(DATAPLANE_PARTS);
    expect(await dataplane.observe(DATAPLANE_PARTS)).toEqual(STATE);
    expect(read).toEqual([...DATAPLANE_PARTS, 'netfilter']);
  });

  it('reads a part back after a change, our own or of other software', async () => {
    const { dataplane, read } = setUp();
    await dataplane.observe(DATAPLANE_PARTS);
    read.length = 0;
    dataplane.changed('ovs');
    await dataplane.observe(['ovs', 'routing']);
    await dataplane.apply(RULE_ADDED);
    await dataplane.observe(['ovs', 'routing']);
    expect(read).toEqual(['ovs', 'routing']);
  });

  it('reads a part back once more that changed while it was read', async () => {
    const { dataplane, read, whileReading } = setUp();
    whileReading(() => {
      dataplane.changed('ovs');
      return Promise.resolve();
    });
    await dataplane.observe(['ovs', 'routing']);
    await dataplane.observe(['ovs', 'routing']);
    expect(read).toEqual(['ovs', 'routing', 'ovs']);
  });

  it('reads a part back that could not be read, that is too old, or whose watch has ended', async () => {
    const { dataplane, read, whileReading, advance, endWatch } = setUp();
    whileReading(() => Promise.reject(new Error('ovs-ofctl: no')));
    await expect(dataplane.observe(['ovs'])).rejects.toThrow('ovs-ofctl: no');
    await dataplane.observe(['ovs', 'routing']);
    advance(9999);
    await dataplane.observe(['ovs', 'routing']);
    expect(read).toEqual(['ovs', 'ovs', 'routing']);
    advance(1);
    await dataplane.observe(['routing']);
    endWatch('ovs');
    await dataplane.observe(['ovs', 'routing']);
    await dataplane.observe(['ovs', 'routing']);
    expect(read.slice(3)).toEqual(['routing', 'ovs', 'ovs']);
  });
});

function setUp() {
  const read: DataplanePart[] = [];
  const watched = new Set<DataplanePart>(['ovs', 'routing']);
  let nowMs = 0;
  let during: (() => Promise<void>) | undefined;
  const real: Dataplane = {
    async observe(parts) {
      read.push(...parts);
      const act = during;
      during = undefined;
      await act?.();
      return Object.fromEntries(parts.map((part) => [part, STATE[part]])) as never;
    },
    apply: () => Promise.resolve(),
  };
  return {
    read,
    dataplane: cachedDataplane(real, {
      isWatched: (part) => watched.has(part),
      monotonicMs: () => nowMs,
      maxAgeMs: 10_000,
    }),
    /** Acts once, during the next reading. */
    whileReading: (act: () => Promise<void>) => {
      during = act;
    },
    advance: (ms: number) => {
      nowMs += ms;
    },
    endWatch: (part: DataplanePart) => watched.delete(part),
  };
}
