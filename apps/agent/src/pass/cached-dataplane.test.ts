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

  it('reads our own objects alone as long as nothing else can have changed', async () => {
    const { dataplane, readOwnOnly, advance, endWatch } = setUp();
    const observe = async (): Promise<boolean | undefined> => {
      await dataplane.observe(['routing']);
      return readOwnOnly.pop();
    };
    expect(await observe()).toBe(false);
    await dataplane.apply(RULE_ADDED);
    expect(await observe()).toBe(true);
    dataplane.changed('routing', 'own');
    expect(await observe()).toBe(true);
    expect(await observe()).toBeUndefined();
    dataplane.changed('routing');
    dataplane.changed('routing', 'own');
    expect(await observe()).toBe(false);
    advance(9999);
    dataplane.changed('routing', 'own');
    expect(await observe()).toBe(true);
    // The part is read as a whole at least so often.
    advance(1);
    expect(await observe()).toBe(false);
    await dataplane.apply(RULE_ADDED);
    endWatch('routing');
    expect(await observe()).toBe(false);
  });

  it('reads a part as a whole after it could not be read', async () => {
    const { dataplane, readOwnOnly, whileReading } = setUp();
    await dataplane.observe(['routing']);
    await dataplane.apply(RULE_ADDED);
    whileReading(() => Promise.reject(new Error('EPERM')));
    await expect(dataplane.observe(['routing'])).rejects.toThrow('EPERM');
    await dataplane.observe(['routing']);
    expect(readOwnOnly).toEqual([false, true, false]);
  });
});

function setUp() {
  const read: DataplanePart[] = [];
  const readOwnOnly: boolean[] = [];
  const watched = new Set<DataplanePart>(['ovs', 'routing']);
  let nowMs = 0;
  let during: (() => Promise<void>) | undefined;
  const real: Dataplane = {
    async observe(parts, ownOnly) {
      read.push(...parts);
      readOwnOnly.push(...parts.map((part) => ownOnly?.has(part) === true));
      const act = during;
      during = undefined;
      await act?.();
      return Object.fromEntries(parts.map((part) => [part, STATE[part]])) as never;
    },
    apply: () => Promise.resolve(),
  };
  return {
    read,
    /** For each reading of a part. */
    readOwnOnly,
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
