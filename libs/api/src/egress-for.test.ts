import { egressFor } from './egress-for.ts';
import type { EgressResource } from './egress-resource.ts';
import { renderFault } from './fault.ts';

const podSelector = { matchLabels: { role: 'web' } };
const appliedTo = { podSelector };
const egressIP = '10.0.10.8';

describe('egressFor', () => {
  it('accepts the first manifest of the documentation', () => {
    const namespaceSelector = { matchLabels: { env: 'prod' } };
    expect(egressFor(egress({ appliedTo: { podSelector, namespaceSelector }, egressIP }))).toEqual({
      egress: {
        name: 'web',
        uid: 'u1',
        generation: 3,
        createdAtMs: Date.parse('2026-01-02T03:04:05Z'),
        appliedTo: { podSelector, namespaceSelector },
        egressIPs: [egressIP],
        externalIPPools: [],
        unavailable: 'Drop',
      },
      faults: [],
    });
  });

  it.each([
    ['a pool', { externalIPPool: 'prod' }, { egressIPs: [], externalIPPools: ['prod'] }],
    [
      'an address of a pool',
      { egressIP, externalIPPool: 'prod' },
      { egressIPs: [egressIP], externalIPPools: ['prod'] },
    ],
    [
      'both families, IPv4 first',
      { egressIPs: ['FD00::8', egressIP] },
      { egressIPs: [egressIP, 'fd00::8'] },
    ],
    [
      'unused texts left empty',
      { egressIP: '', egressIPs: ['', 'fd00::8'] },
      { egressIPs: ['fd00::8'] },
    ],
    [
      'unused lists left empty',
      { egressIP, egressIPs: [], externalIPPools: [''] },
      { egressIPs: [egressIP] },
    ],
    [
      'bandwidth',
      { egressIP, bandwidth: { rate: '500M', burst: 1000 } },
      { bandwidth: { rate: '500M', burst: 1000 } },
    ],
    ['unavailable', { egressIP, unavailable: 'NodeIP' }, { unavailable: 'NodeIP' }],
    ['no selector at all', { egressIP, appliedTo: {} }, { appliedTo: {} }],
    ['selectors that are null', { egressIP, appliedTo: { podSelector: null } }, { appliedTo: {} }],
    [
      'an empty selector',
      { egressIP, appliedTo: { podSelector: {} } },
      { appliedTo: { podSelector: {} } },
    ],
  ])('accepts %s', (_, spec, expected) => {
    const { egress: converted, faults } = egressFor(egress({ appliedTo, ...spec }));
    expect(faults).toEqual([]);
    expect(converted).toMatchObject(expected);
  });

  const cases: readonly (readonly [string, unknown, string])[] = [
    [
      'an empty spec',
      {},
      'Egress web: spec is missing: expected egressIP, egressIPs, externalIPPool or externalIPPools. Give one of them.',
    ],
    [
      'no appliedTo',
      { egressIP },
      'Egress web: spec.appliedTo is missing: expected an object with podSelector, namespaceSelector or both. Select the Pods of the Egress; {podSelector: {}} selects every Pod.',
    ],
    [
      'a bad address',
      { appliedTo, egressIP: '10.0.0' },
      'Egress web: spec.egressIP: expected an IPv4 or IPv6 address, got "10.0.0". Write one address in full, such as 10.0.10.8 or fd00::8: no prefix length, zone or leading zeros.',
    ],
    [
      'an address of no family',
      { appliedTo, egressIP: 'gateway.example.com' },
      'spec.egressIP: expected an IPv4 or IPv6 address, got "gateway.example.com"',
    ],
    [
      'an address that is a number',
      { appliedTo, egressIP: 8 },
      'spec.egressIP: expected an IPv4 or IPv6 address, got 8',
    ],
    [
      'two addresses of one family',
      { appliedTo, egressIPs: ['10.0.0.1', '10.0.0.2'] },
      'spec.egressIPs[1]: expected one address of each family, not 10.0.0.1 as well, got "10.0.0.2". Keep one IPv4 address.',
    ],
    [
      'a text in place of a list',
      { appliedTo, egressIPs: '10.0.0.1' },
      'spec.egressIPs: expected a list, got "10.0.0.1"',
    ],
    [
      'singular and plural',
      { appliedTo, egressIP, egressIPs: ['fd00::8'] },
      'egressIP and egressIPs are mutually exclusive: keep the singular fields or the plural ones.',
    ],
    [
      'an empty list',
      { appliedTo, egressIPs: [] },
      'spec is missing: expected egressIP, egressIPs, externalIPPool',
    ],
    [
      'only empty texts',
      { appliedTo, egressIP: '', egressIPs: [''], externalIPPool: '', externalIPPools: [''] },
      'spec is missing: expected egressIP, egressIPs, externalIPPool',
    ],
    [
      'a pool that is a number',
      { appliedTo, externalIPPool: 7 },
      'spec.externalIPPool: expected the name of an ExternalIPPool: lower-case letters, digits, "-" and ".", got 7',
    ],
    [
      'a pool whose name is invalid',
      { appliedTo, externalIPPools: ['', 'Prod Pool'] },
      'spec.externalIPPools[1]: expected the name of an ExternalIPPool: lower-case letters, digits, "-" and ".", got "Prod Pool"',
    ],
    [
      'an unknown operator',
      {
        egressIP,
        appliedTo: {
          podSelector: { matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1'] }] },
        },
      },
      'spec.appliedTo.podSelector.matchExpressions[0].operator: expected one of In, NotIn, Exists, DoesNotExist, got "Gt"',
    ],
    [
      'In without values',
      {
        egressIP,
        appliedTo: { namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } },
      },
      'spec.appliedTo.namespaceSelector.matchExpressions[0].values is missing: expected a list of one value at least, as the operator is In. List the values.',
    ],
    [
      'Exists with values',
      {
        egressIP,
        appliedTo: {
          podSelector: { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] },
        },
      },
      'matchExpressions[0].values: expected no values, as the operator is Exists, got ["b"]',
    ],
    [
      'a bad label key',
      { egressIP, appliedTo: { podSelector: { matchLabels: { 'a/b/c': 'd' } } } },
      'spec.appliedTo.podSelector.matchLabels[a/b/c]: expected a label key',
    ],
    [
      'a bad label value',
      { egressIP, appliedTo: { podSelector: { matchLabels: { a: '-b' } } } },
      'spec.appliedTo.podSelector.matchLabels[a]: expected a label value',
    ],
    [
      'a label value that is a number',
      { egressIP, appliedTo: { podSelector: { matchLabels: { a: 1 } } } },
      'matchLabels[a]: expected a label value',
    ],
    [
      'a selector that is a list',
      { egressIP, appliedTo: { podSelector: [] } },
      'spec.appliedTo.podSelector: expected a label selector, got []',
    ],
    [
      'matchLabels that is a text',
      { egressIP, appliedTo: { podSelector: { matchLabels: 'a=b' } } },
      'matchLabels: expected an object of label keys and values, got "a=b"',
    ],
    [
      'another kind of selector',
      { egressIP, appliedTo: { serviceSelector: {} } },
      'spec.appliedTo.serviceSelector: expected podSelector or namespaceSelector',
    ],
    [
      'an unknown unavailable',
      { appliedTo, egressIP, unavailable: 'open' },
      'spec.unavailable: expected one of Drop, NodeIP, got "open"',
    ],
    [
      'half a bandwidth',
      { appliedTo, egressIP, bandwidth: { rate: '500M' } },
      'spec.bandwidth.burst is missing: expected a quantity',
    ],
    [
      'a bad quantity',
      { appliedTo, egressIP, bandwidth: { rate: 'fast', burst: '1' } },
      'spec.bandwidth.rate: expected a quantity, got "fast"',
    ],
    [
      'a field that does not exist',
      { appliedTo, egressIP, destinations: {} },
      'spec.destinations: expected one of the fields appliedTo, egressIP,',
    ],
  ];

  it.each(cases)('reports %s', (_, spec, message) => {
    expect(faultsOf(spec).join('\n')).toContain(message);
  });

  it('reports every fault at once, in the order of the fields', () => {
    const { faults } = egressFor(egress({ egressIP: 'x', unavailable: 'open', bandwidth: {} }));
    expect(faults.map(({ field }) => field)).toEqual([
      'spec.appliedTo',
      'spec.egressIP',
      'spec.bandwidth.rate',
      'spec.bandwidth.burst',
      'spec.unavailable',
    ]);
  });

  it('selects nothing when one of two selectors is faulty, rather than the Pods of the other one', () => {
    const broken = {
      podSelector,
      namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] },
    };
    expect(egressFor(egress({ egressIP, appliedTo: broken })).egress.appliedTo).toEqual({});
  });

  it('still selects the Pods of an Egress with a bad address, so that their traffic is dropped', () => {
    const { egress: converted } = egressFor(egress({ appliedTo, egressIP: '10.0.0' }));
    expect(converted).toMatchObject({ appliedTo, egressIPs: [] });
  });
});

/** An object as the API server may have it: by any client, checked with an older schema. */
function egress(spec: unknown): EgressResource {
  return {
    apiVersion: 'crd.antrea.io/v1beta1',
    kind: 'Egress',
    metadata: { name: 'web', uid: 'u1', generation: 3, creationTimestamp: '2026-01-02T03:04:05Z' },
    spec,
  } as EgressResource;
}

function faultsOf(spec: unknown): readonly string[] {
  return egressFor(egress(spec)).faults.map(renderFault);
}
