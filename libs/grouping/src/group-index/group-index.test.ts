import type { Egress, LabelSelector } from '@sallyport/api';
import { labelOperators } from '@sallyport/api';
import { sampleEgress as egress, samplePod as pod } from '@sallyport/kit';
import fc from 'fast-check';
import type { Namespace, Pod } from '../pod.ts';
import { podKey } from '../pod.ts';
import { withOwnAddresses } from '../testing/own-addresses.ts';
import type { Cluster, ResolvedEgress } from '../testing/resolve-egresses.ts';
import { resolveEgresses } from '../testing/resolve-egresses.ts';
import type { GroupingChange } from './group-index.ts';
import { GroupIndex } from './group-index.ts';
import type { EgressTally } from './tally.ts';

// Few words, so that Pods share labels and addresses, and Egresses share selectors.
const word = fc.constantFrom('x', 'constructor');
const value = fc.constantFrom('', 'y', 'z');
const labels = fc.dictionary(word, value, { maxKeys: 2 });
const selector: fc.Arbitrary<LabelSelector> = fc.record(
  {
    matchLabels: labels,
    matchExpressions: fc.array(
      fc.record({
        key: word,
        operator: fc.constantFrom(...labelOperators),
        values: fc.array(value, { minLength: 1, maxLength: 2 }),
      }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);
const appliedTo = fc.oneof(
  fc.constant({ podSelector: {} }),
  fc.record({ podSelector: selector, namespaceSelector: selector }, { requiredKeys: [] }),
);
const seldom = fc.integer({ min: 0, max: 5 }).map((number) => number === 0);

const podChange: fc.Arbitrary<GroupingChange> = fc
  .record({
    name: fc.constantFrom('p', 'q', 'r', 's'),
    namespace: fc.constantFrom('default', 'prod'),
    labels,
    nodeName: fc.option(fc.constantFrom('n1', 'n2'), { nil: undefined, freq: 9 }),
    ips: fc.subarray(['10.244.1.11', 'fd00:1::b']),
    isFinished: seldom,
    hostNetwork: seldom,
    terminating: fc.boolean(),
    isGone: seldom,
  })
  .map(({ isGone, isFinished, nodeName, ...rest }) => {
    const unscheduled = { ...rest, phase: isFinished ? 'Succeeded' : 'Running' };
    const after: Pod = { ...unscheduled, ...(nodeName !== undefined && { nodeName }) };
    return { kind: 'pod', key: podKey(after), after: isGone ? undefined : after };
  });
const namespaceChange: fc.Arbitrary<GroupingChange> = fc
  .tuple(fc.constantFrom('default', 'prod'), fc.option(labels, { nil: undefined, freq: 4 }))
  .map(([name, after]) => ({
    kind: 'namespace',
    key: name,
    after: after && { name, labels: after },
  }));
const egressChange: fc.Arbitrary<GroupingChange> = fc
  .record({
    name: fc.constantFrom('a', 'b', 'c', 'd'),
    createdAtMs: fc.nat(2),
    appliedTo,
    egressIPs: fc.subarray(['192.168.77.200', 'fd00::8']),
    isGone: seldom,
  })
  .map(({ name, isGone, ...rest }) => ({
    kind: 'egress',
    key: name,
    after: isGone ? undefined : egress(name, rest),
  }));
const changes = fc.array(
  fc.oneof(
    { arbitrary: podChange, weight: 5 },
    { arbitrary: namespaceChange, weight: 1 },
    { arbitrary: egressChange, weight: 2 },
  ),
  { maxLength: 60, size: 'max' },
);

describe('GroupIndex, after any events in any order', () => {
  it('has the members, the tallies and the Pods of the naive resolver', () => {
    fc.assert(
      fc.property(changes, (events) => {
        const index = new GroupIndex();
        const cluster = new PlainCluster();
        for (const event of events) {
          index.apply(event);
          cluster.apply(event);
          expect(contentOf(index)).toEqual(contentFor(cluster.objects()));
        }
        for (const each of withOwnAddresses(cluster.objects().pods)) {
          expect(index.pod(each)?.pod).toEqual(each);
        }
      }),
    );
  });

  it('names every list of members, Egress and tally that has changed', () => {
    const batches = fc.array(changes, { maxLength: 6 });
    fc.assert(
      fc.property(batches, (all) => {
        const index = new GroupIndex();
        // A reader who looks only at the parts that are dirty.
        const members = new Map<string, unknown>();
        const tallies = new Map<string, unknown>();
        for (const batch of all) {
          for (const event of batch) {
            index.apply(event);
          }
          const dirty = index.takeDirty();
          for (const { egress: name, nodeName } of dirty.buckets) {
            setOrDelete(members, `${name} ${nodeName}`, index.members(name, nodeName));
          }
          for (const name of dirty.tallies) {
            setOrDelete(tallies, name, index.tally(name));
          }
          const content = contentOf(index);
          expect(Object.fromEntries(members)).toEqual(content.members);
          expect(Object.fromEntries(tallies)).toEqual(content.tallies);
        }
        expect(index.takeDirty()).toEqual({
          buckets: [],
          egresses: new Set(),
          tallies: new Set(),
        });
      }),
    );
  });

  it('keeps nothing of objects that are gone', () => {
    fc.assert(
      fc.property(changes, (events) => {
        const index = new GroupIndex();
        for (const event of events) {
          index.apply(event);
        }
        const gone = events.map((event) => ({ ...event, after: undefined }));
        for (const event of gone.filter(({ kind }) => kind !== 'egress')) {
          index.apply(event);
        }
        expect(index.size).toMatchObject({ pods: 0, items: 0, namespaces: 0, matches: 0 });
        for (const event of gone) {
          index.apply(event);
        }
        expect(index.size).toEqual({
          pods: 0,
          items: 0,
          namespaces: 0,
          egresses: 0,
          selectors: 0,
          matches: 0,
          terms: 0,
        });
      }),
    );
  });
});

describe('GroupIndex', () => {
  const web = { podSelector: { matchLabels: { role: 'web' } } };

  it('matches equal Pods and equal selectors once', () => {
    const index = new GroupIndex();
    for (const name of ['a', 'b', 'c']) {
      index.apply({ kind: 'egress', key: name, after: egress(name, { appliedTo: web }) });
      put(index, pod(name, { labels: { role: 'web', app: 'shop' } }));
      put(index, pod(`${name}-db`, { labels: { role: 'db' } }));
    }
    expect(index.size).toMatchObject({ pods: 6, items: 2, egresses: 3, selectors: 1, matches: 1 });
  });

  it('touches no list of members when a Pod is relabelled within the same Egress', () => {
    const index = new GroupIndex();
    index.apply({ kind: 'egress', key: 'a', after: egress('a', { appliedTo: web }) });
    put(index, pod('p', { labels: { role: 'web' } }));
    index.takeDirty();
    const before = index.members('a', 'n1');
    put(index, pod('p', { labels: { role: 'web', version: '2' } }));
    put(index, pod('p', { labels: { role: 'web', version: '2' }, phase: 'Pending' }));
    expect(index.takeDirty().buckets).toEqual([]);
    expect(index.members('a', 'n1')).toBe(before);
  });

  it('has another list only on the Node of a Pod that comes', () => {
    const index = new GroupIndex();
    index.apply({ kind: 'egress', key: 'a', after: egress('a') });
    put(index, pod('p'));
    put(index, pod('q', { nodeName: 'n2' }));
    index.takeDirty();
    const before = index.members('a', 'n1');
    put(index, pod('r', { nodeName: 'n2' }));
    expect(index.takeDirty().buckets).toEqual([{ egress: 'a', nodeName: 'n2' }]);
    expect(index.members('a', 'n1')).toBe(before);
    expect(index.members('a', 'n2').map((member) => member.pod.name)).toEqual(['q', 'r']);
  });
});

interface Content {
  /** By `egress node`. */
  readonly members: Readonly<Record<string, unknown>>;
  readonly tallies: Readonly<Record<string, EgressTally>>;
}

/** The objects, without any index. */
class PlainCluster {
  readonly #objects = {
    pod: new Map<string, Pod>(),
    namespace: new Map<string, Namespace>(),
    egress: new Map<string, Egress>(),
  };

  apply({ kind, key, after }: GroupingChange): void {
    setOrDelete<unknown>(this.#objects[kind], key, after);
  }

  objects(): Cluster {
    return {
      pods: [...this.#objects.pod.values()],
      namespaces: [...this.#objects.namespace.values()],
      egresses: [...this.#objects.egress.values()],
    };
  }
}

function contentOf(index: GroupIndex): Content {
  const names = [...index.egresses()].map(({ name }) => name);
  return {
    members: Object.fromEntries(
      names.flatMap((name) =>
        [...index.nodesOf(name)].map((node) => [`${name} ${node}`, index.members(name, node)]),
      ),
    ),
    tallies: Object.fromEntries(names.map((name) => [name, index.tally(name)!])),
  };
}

function contentFor(cluster: Cluster): Content {
  const resolved = [...resolveEgresses(cluster)];
  const members: Record<string, unknown[]> = {};
  for (const [name, one] of resolved) {
    for (const { nodeName, ...member } of one.members) {
      (members[`${name} ${nodeName}`] ??= []).push(member);
    }
  }
  return {
    members,
    tallies: Object.fromEntries(resolved.map(([name, one]) => [name, tallyFor(one)])),
  };
}

function tallyFor({ members, overridden }: ResolvedEgress): EgressTally {
  const lost = new Set(overridden.map((each) => podKey(each.pod)));
  const by = new Map<string, Set<string>>();
  for (const each of overridden) {
    by.set(each.by, (by.get(each.by) ?? new Set()).add(podKey(each.pod)));
  }
  return {
    effective: members.length,
    overridden: lost.size,
    selected: new Set([...lost, ...members.map((each) => podKey(each.pod))]).size,
    overriddenBy: new Map([...by].map(([name, pods]) => [name, pods.size])),
  };
}

function put(index: GroupIndex, after: Pod): void {
  index.apply({ kind: 'pod', key: podKey(after), after });
}

/** An empty list is none. */
function setOrDelete<T>(map: Map<string, T>, key: string, item: T | undefined): void {
  if (item === undefined || (Array.isArray(item) && item.length === 0)) {
    map.delete(key);
  } else {
    map.set(key, item);
  }
}
