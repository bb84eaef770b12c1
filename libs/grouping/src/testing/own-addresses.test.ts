import type { Egress } from '@sallyport/api';
import { sampleEgress as egress, samplePod as pod } from '@sallyport/kit';
import fc from 'fast-check';
import type { Pod } from '../pod.ts';
import { podKey } from '../pod.ts';
import { indexOf } from './index-of.ts';
import { withOwnAddresses } from './own-addresses.ts';

const IP = '10.244.1.11';
const selected = { labels: { role: 'web' } };
const web: Egress = egress('web', { appliedTo: { podSelector: { matchLabels: selected.labels } } });

describe('an address that two Pods of a Node report', () => {
  const old: Partial<Pod> = { ips: [IP], terminating: true };
  const fresh: Partial<Pod> = { ips: [IP] };

  it.each<[string, readonly Pod[], readonly string[]]>([
    [
      'belongs to a terminating Pod while no other Pod has it',
      [pod('old', { ...old, ...selected })],
      ['old'],
    ],
    [
      'belongs to a new unselected Pod, no longer to the selected terminating one',
      [pod('old', { ...old, ...selected }), pod('new', fresh)],
      [],
    ],
    [
      'belongs to a new selected Pod, no longer to the unselected terminating one',
      [pod('old', old), pod('new', { ...fresh, ...selected })],
      ['new'],
    ],
    [
      'belongs to the Pod that is not terminating',
      [pod('old', { ...old, ...selected }), pod('new', { ...fresh, ...selected })],
      ['new'],
    ],
    [
      'belongs to both if neither is terminating',
      [
        pod('old', { ...old, ...selected, terminating: false }),
        pod('new', { ...fresh, ...selected }),
      ],
      ['new', 'old'],
    ],
    [
      'belongs to a selected Pod even if an unselected one reports it too',
      [pod('old', { ...old, ...selected, terminating: false }), pod('new', fresh)],
      ['old'],
    ],
    [
      'belongs to both if both are terminating',
      [
        pod('old', { ...old, ...selected }),
        pod('new', { ...fresh, ...selected, terminating: true }),
      ],
      ['new', 'old'],
    ],
    [
      'is not taken over by a finished Pod',
      [pod('old', { ...old, ...selected }), pod('new', { ...fresh, phase: 'Succeeded' })],
      ['old'],
    ],
    [
      'is not taken over by a Pod of another Node',
      [pod('old', { ...old, ...selected }), pod('new', { ...fresh, ...selected, nodeName: 'n2' })],
      ['new', 'old'],
    ],
    [
      'is not taken over by a hostNetwork Pod',
      [pod('old', { ...old, ...selected }), pod('new', { ...fresh, hostNetwork: true })],
      ['old'],
    ],
  ])('%s', (_, pods, expected) => {
    expect(membersWithAddress(...pods)).toEqual(expected);
    expect(membersWithAddress(...pods.toReversed())).toEqual(expected);
  });

  it('does not affect the other addresses of both Pods', () => {
    const pods = [
      pod('old', { ...old, ips: [IP, 'fd00:1::a'] }),
      pod('new', { ...fresh, ips: [IP, 'fd00:1::b'] }),
    ];
    expect(withOwnAddresses(pods).map(({ ips }) => ips)).toEqual([
      ['fd00:1::a'],
      [IP, 'fd00:1::b'],
    ]);
  });
});

describe('withOwnAddresses', () => {
  const pods = fc
    .uniqueArray(
      fc.record({
        name: fc.constantFrom('p', 'q', 'r', 's'),
        nodeName: fc.constantFrom('n1', 'n2'),
        ips: fc.subarray([IP, 'fd00:1::b']),
        terminating: fc.boolean(),
      }),
      { selector: ({ name }) => name },
    )
    .map((items) => items.map(({ name, ...rest }) => pod(name, rest)));

  it('takes an address only from a terminating Pod, for one that is not, in any order', () => {
    const owners = (all: readonly Pod[]): readonly string[] =>
      withOwnAddresses(all)
        .flatMap((each) => each.ips.map((ip) => `${each.nodeName} ${ip} ${podKey(each)}`))
        .sort();
    fc.assert(
      fc.property(pods, (all) => {
        const owned = new Set(owners(all));
        for (const each of all) {
          for (const ip of each.ips) {
            const taken = all.some(
              ({ nodeName, ips, terminating }) =>
                nodeName === each.nodeName && ips.includes(ip) && !terminating,
            );
            expect(owned.has(`${each.nodeName} ${ip} ${podKey(each)}`)).toBe(
              !each.terminating || !taken,
            );
          }
        }
        expect(owners(all.toReversed())).toEqual(owners(all));
        expect(withOwnAddresses(withOwnAddresses(all))).toEqual(withOwnAddresses(all));
      }),
    );
  });
});

/** The names of the members with the address. */
function membersWithAddress(...pods: readonly Pod[]): readonly string[] {
  const index = indexOf({ egresses: [web], pods, namespaces: [] });
  return [...index.nodesOf('web')]
    .flatMap((nodeName) => index.members('web', nodeName))
    .filter(({ ips }) => ips.includes(IP))
    .map((member) => member.pod.name)
    .sort();
}
