import type { Egress } from '@sallyport/api';
import { familiesOf, ipFamily } from '@sallyport/api';
import { sampleEgress as egress, samplePod as pod } from '@sallyport/kit';
import fc from 'fast-check';
import { explainPod } from '../explain-pod.ts';
import type { Namespace, Pod } from '../pod.ts';
import { exclusionOf, podKey } from '../pod.ts';
import { selects } from '../selects.ts';
import { indexOf } from './index-of.ts';
import { withOwnAddresses } from './own-addresses.ts';
import type { Cluster, ResolvedEgress } from './resolve-egresses.ts';
import { resolveEgresses } from './resolve-egresses.ts';

const namespaces: readonly Namespace[] = [
  { name: 'default', labels: {} },
  { name: 'prod', labels: { env: 'prod' } },
];

describe('resolveEgresses', () => {
  const pods = [
    pod('web', { labels: { role: 'web' } }),
    pod('db'),
    pod('web', { namespace: 'prod', labels: { role: 'web' } }),
    pod('db', { namespace: 'prod' }),
  ];
  const web = { matchLabels: { role: 'web' } };
  const prod = { matchLabels: { env: 'prod' } };

  it.each<[string, Egress['appliedTo'], readonly string[]]>([
    ['no selector selects nothing', {}, []],
    [
      'podSelector alone: Pods of every Namespace',
      { podSelector: web },
      ['default/web', 'prod/web'],
    ],
    [
      'namespaceSelector alone: all Pods of its Namespaces',
      { namespaceSelector: prod },
      ['prod/db', 'prod/web'],
    ],
    [
      'both: Pods that match in Namespaces that match',
      { podSelector: web, namespaceSelector: prod },
      ['prod/web'],
    ],
    [
      'an empty podSelector: every Pod',
      { podSelector: {} },
      ['default/db', 'default/web', 'prod/db', 'prod/web'],
    ],
    [
      'an empty namespaceSelector: every Pod',
      { namespaceSelector: {} },
      ['default/db', 'default/web', 'prod/db', 'prod/web'],
    ],
  ])('%s', (_, appliedTo, expected) => {
    expect(membersOf({ egresses: [egress('a', { appliedTo })], pods })).toEqual(expected);
  });

  it('selects no Pod by the labels of an unknown Namespace', () => {
    const pods = [pod('web', { namespace: 'new' })];
    expect(
      membersOf({ egresses: [egress('a', { appliedTo: { namespaceSelector: {} } })], pods }),
    ).toEqual([]);
    expect(membersOf({ pods })).toEqual(['new/web']);
  });

  it.each<[string, Partial<Pod>, readonly string[]]>([
    ['a Pod without an address is a member', { ips: [], phase: 'Pending' }, ['default/p']],
    ['a hostNetwork Pod is no member', { hostNetwork: true }, []],
    ['a Pod that has succeeded is no member', { phase: 'Succeeded' }, []],
    ['a Pod that has failed is no member', { phase: 'Failed' }, []],
    ['a terminating Pod is a member', { terminating: true }, ['default/p']],
    ['a terminating Pod without an address is no member', { terminating: true, ips: [] }, []],
  ])('%s', (_, rest, expected) => {
    expect(membersOf({ pods: [pod('p', rest)] })).toEqual(expected);
  });

  it('leaves out a Pod that is not scheduled', () => {
    const unscheduled = Object.entries(pod('p')).filter(([field]) => field !== 'nodeName');
    expect(membersOf({ pods: [Object.fromEntries(unscheduled) as unknown as Pod] })).toEqual([]);
  });

  it('makes the oldest Egress effective, then the first by name; the others name it', () => {
    const egresses = [
      egress('c', { createdAtMs: 1 }),
      egress('b', { createdAtMs: 2 }),
      egress('a', { createdAtMs: 2 }),
    ];
    const resolved = resolveEgresses({
      egresses,
      pods: [pod('p', { ips: ['10.244.1.11'] })],
      namespaces,
    });
    const ref = { namespace: 'default', name: 'p' };
    expect(resolved.get('c')).toMatchObject({
      members: [{ pod: ref, ips: ['10.244.1.11'] }],
      overridden: [],
    });
    expect(resolved.get('b')).toMatchObject({
      members: [],
      overridden: [{ pod: ref, family: 'IPv4', by: 'c' }],
    });
    expect(resolved.get('a')).toMatchObject({
      members: [],
      overridden: [{ pod: ref, family: 'IPv4', by: 'c' }],
    });
  });

  it('decides each family by itself', () => {
    const egresses = [egress('four'), egress('six', { egressIPs: ['fd00::8'], createdAtMs: 1 })];
    const dual = pod('p', { ips: ['10.244.1.11', 'fd00:1::b'] });
    const resolved = resolveEgresses({ egresses, pods: [dual], namespaces });
    expect(resolved.get('four')).toMatchObject({
      members: [{ ips: ['10.244.1.11'] }],
      overridden: [],
    });
    expect(resolved.get('six')).toMatchObject({
      members: [{ ips: ['fd00:1::b'] }],
      overridden: [],
    });
  });

  it('gives an Egress without an address both families, so that nothing leaks', () => {
    const dual = pod('p', { ips: ['10.244.1.11', 'fd00:1::b'] });
    const pending = egress('a', { egressIPs: [], externalIPPools: ['pool'] });
    expect(
      resolveEgresses({ egresses: [pending], pods: [dual], namespaces }).get('a'),
    ).toMatchObject({
      members: [{ ips: dual.ips }],
    });
  });
});

const label = fc.constantFrom('x', 'y');
const labels = fc.dictionary(label, label, { maxKeys: 2 });
const selector = fc.option(fc.record({ matchLabels: labels }), { nil: undefined });
const appliedTo = fc
  .record({ podSelector: selector, namespaceSelector: selector })
  .map(({ podSelector, namespaceSelector }) => ({
    ...(podSelector === undefined ? {} : { podSelector }),
    ...(namespaceSelector === undefined ? {} : { namespaceSelector }),
  }));
const clusters: fc.Arbitrary<Cluster> = fc.record({
  egresses: fc
    .uniqueArray(
      fc.record({
        name: fc.constantFrom('a', 'b', 'c', 'd'),
        createdAtMs: fc.nat(2),
        appliedTo,
        egressIPs: fc.subarray(['192.168.77.200', 'fd00::8']),
      }),
      { selector: ({ name }) => name },
    )
    .map((items) => items.map(({ name, ...rest }) => egress(name, rest))),
  pods: fc
    .uniqueArray(
      fc.record({
        name: fc.constantFrom('p', 'q', 'r'),
        namespace: fc.constantFrom('default', 'prod', 'unknown'),
        labels,
        ips: fc.subarray(['10.244.1.11', 'fd00:1::b']),
        hostNetwork: fc.boolean(),
        terminating: fc.boolean(),
      }),
      { selector: (item) => podKey(item) },
    )
    .map((items) => items.map(({ name, ...rest }) => pod(name, rest))),
  namespaces: fc.tuple(labels, labels).map(([one, other]) => [
    { name: 'default', labels: one },
    { name: 'prod', labels: other },
  ]),
});

describe('resolveEgresses, for every cluster', () => {
  const plain = (resolved: ReadonlyMap<string, ResolvedEgress>): object =>
    Object.fromEntries(resolved);

  it('does not depend on the order of its input', () => {
    fc.assert(
      fc.property(clusters, ({ egresses, pods, namespaces: all }) => {
        const backwards = {
          egresses: egresses.toReversed(),
          pods: pods.toReversed(),
          namespaces: all.toReversed(),
        };
        expect(plain(resolveEgresses(backwards))).toEqual(
          plain(resolveEgresses({ egresses, pods, namespaces: all })),
        );
      }),
    );
  });

  it('gives every selected Pod exactly one effective Egress for each family that both have', () => {
    fc.assert(
      fc.property(clusters, (cluster) => {
        const resolved = resolveEgresses(cluster);
        for (const each of withOwnAddresses(cluster.pods)) {
          const namespaceLabels = cluster.namespaces.find(
            ({ name }) => name === each.namespace,
          )?.labels;
          const selecting = cluster.egresses.filter(
            (one) =>
              exclusionOf(each) === undefined &&
              selects(one.appliedTo, each.labels, namespaceLabels) === 'selected',
          );
          for (const ip of each.ips) {
            const effective = [...resolved.values()].filter(({ members }) =>
              members.some(
                (member) => podKey(member.pod) === podKey(each) && member.ips.includes(ip),
              ),
            );
            const isContested = selecting.some((one) => familiesOf(one).includes(ipFamily(ip)));
            expect(effective).toHaveLength(isContested ? 1 : 0);
          }
        }
      }),
    );
  });

  it('agrees with explainPod', () => {
    fc.assert(
      fc.property(clusters, (cluster) => {
        const resolved = resolveEgresses(cluster);
        const index = indexOf(cluster);
        for (const each of cluster.pods) {
          for (const explained of explainPod(index, each)!.egresses) {
            const { members, overridden } = resolved.get(explained.name)!;
            expect(explained.effectiveFor.length > 0).toBe(
              members.some((member) => podKey(member.pod) === podKey(each)),
            );
            expect(explained.overridden).toEqual(
              overridden
                .filter((one) => podKey(one.pod) === podKey(each))
                .map(({ family, by }) => ({ family, by })),
            );
          }
        }
      }),
    );
  });
});

function membersOf(cluster: Partial<Cluster>, name = 'a'): readonly string[] {
  const all = { egresses: [egress(name)], pods: [], namespaces, ...cluster };
  const members = resolveEgresses(all)
    .get(name)!
    .members.map((member) => podKey(member.pod));
  const index = indexOf(all);
  const indexed = [...index.nodesOf(name)].flatMap((node) => index.members(name, node));
  expect(indexed.map((member) => podKey(member.pod)).sort()).toEqual(members);
  return members;
}
