import type { Egress } from '@sallyport/api';
import fc from 'fast-check';
import { withOwnAddresses } from './own-addresses.ts';
import type { Pod } from './pod.ts';
import { podKey } from './pod.ts';
import { resolveEgresses } from './resolve-egresses.ts';
import { egress, pod } from './testing/objects.ts';

const IP = '10.244.1.11';
const selected = { labels: { role: 'web' } };
const web: Egress = egress('web', { appliedTo: { podSelector: { matchLabels: selected.labels } } });

describe('an address that two Pods of a Node are listed with', () => {
  const old: Partial<Pod> = { ips: [IP], terminating: true };
  const fresh: Partial<Pod> = { ips: [IP] };

  it.each<[string, readonly Pod[], readonly string[]]>([
    [
      'stays with a Pod that is being deleted while no other has it',
      [pod('old', { ...old, ...selected })],
      ['old'],
    ],
    [
      'is not steered for a selected Pod that is being deleted once it is that of one that is not selected',
      [pod('old', { ...old, ...selected }), pod('new', fresh)],
      [],
    ],
    [
      'is steered for a selected Pod that got it from one that is not selected',
      [pod('old', old), pod('new', { ...fresh, ...selected })],
      ['new'],
    ],
    [
      'is steered for the Pod that stays',
      [pod('old', { ...old, ...selected }), pod('new', { ...fresh, ...selected })],
      ['new'],
    ],
    [
      'is steered for both of two that stay',
      [
        pod('old', { ...old, ...selected, terminating: false }),
        pod('new', { ...fresh, ...selected }),
      ],
      ['new', 'old'],
    ],
    [
      'is steered for a selected Pod that stays, though one that is not selected stays as well',
      [pod('old', { ...old, ...selected, terminating: false }), pod('new', fresh)],
      ['old'],
    ],
    [
      'is steered for both of two that are being deleted',
      [
        pod('old', { ...old, ...selected }),
        pod('new', { ...fresh, ...selected, terminating: true }),
      ],
      ['new', 'old'],
    ],
    [
      'is not taken by a Pod that has finished',
      [pod('old', { ...old, ...selected }), pod('new', { ...fresh, phase: 'Succeeded' })],
      ['old'],
    ],
    [
      'is not taken by a Pod of another Node',
      [pod('old', { ...old, ...selected }), pod('new', { ...fresh, ...selected, nodeName: 'n2' })],
      ['new', 'old'],
    ],
    [
      'is not taken by a Pod with the address of its Node',
      [pod('old', { ...old, ...selected }), pod('new', { ...fresh, hostNetwork: true })],
      ['old'],
    ],
  ])('%s', (_, pods, expected) => {
    expect(steered(...pods)).toEqual(expected);
    expect(steered(...pods.toReversed())).toEqual(expected);
  });

  it('leaves the other addresses of both alone', () => {
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

  it('takes an address only from a Pod that is being deleted, for one that stays, whatever the order', () => {
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

/** The names of the Pods that are steered with the address. */
function steered(...pods: readonly Pod[]): readonly string[] {
  return resolveEgresses({ egresses: [web], pods, namespaces: [] })
    .get('web')!
    .members.filter(({ ips }) => ips.includes(IP))
    .map((member) => member.pod.name);
}
