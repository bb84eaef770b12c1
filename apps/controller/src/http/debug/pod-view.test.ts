import type { Egress } from '@sallyport/api';
import { decide } from '../../decide/decide.ts';
import { createStores } from '../../publish/stores.ts';
import type { PodView } from './pod-view.ts';
import { podViewFor } from './pod-view.ts';

const IP = '192.0.2.10';
const POD = { namespace: 'prod', name: 'web-1' };

const V6_LEAVES =
  'Its IPv6 traffic leaves as if there were no Egress: this version steers IPv4 only.';

describe('podViewFor', () => {
  it('claims nothing of IPv6 where an Egress has an IP of each family', () => {
    expect(viewOf([IP, 'fd00::8'], ['10.244.1.5', 'fd01::5'])).toMatchObject({
      outcome: 'Governed',
      reason: `Egress web governs the Pod: external IPv4 traffic leaves from ${IP} on Node n2. ${V6_LEAVES}`,
      winners: governed(IP),
    });
  });

  it('says of a dual-stack Pod that an IPv4 egress IP leaves its IPv6 traffic alone', () => {
    expect(viewOf([IP], ['10.244.1.5', 'fd01::5'])).toMatchObject({
      reason: `Egress web governs the Pod: external IPv4 traffic leaves from ${IP} on Node n2. ${V6_LEAVES}`,
    });
  });

  it('does not say that traffic is dropped which no Node steers', () => {
    expect(viewOf(['fd00::8'], ['10.244.1.5', 'fd01::5'])).toMatchObject({
      outcome: 'Unselected',
      reason: `No Egress governs the IPv4 traffic of the Pod: it leaves from the IP of its Node. ${V6_LEAVES}`,
      winners: [],
      others: [
        {
          egress: 'web',
          reason: 'it selects the Pod for IPv6 only, which this version does not steer',
        },
      ],
    });
    expect(viewOf([], ['10.244.1.5', 'fd01::5'])).toMatchObject({
      outcome: 'Governed',
      reason: `Egress web governs the Pod, but no Node is its gateway (NoIP): external IPv4 traffic is dropped. ${V6_LEAVES}`,
    });
  });

  it('does not speak of IPv6 to a Pod that has none', () => {
    expect(viewOf([IP, 'fd00::8'], ['10.244.1.5'])).toMatchObject({
      reason: `Egress web governs the Pod: external IPv4 traffic leaves from ${IP} on Node n2.`,
      winners: governed(IP),
      others: [],
    });
    expect(viewOf(['fd00::8'], ['10.244.1.5'])).toMatchObject({
      reason: 'No Egress governs the Pod: it leaves from the IP of its Node.',
      others: [
        { egress: 'web', reason: 'it selects the Pod, which has no address of its families' },
      ],
    });
  });
});

function viewOf(
  egressIPs: readonly string[],
  podIPs: readonly string[],
  unavailable: Egress['unavailable'] = 'Drop',
) {
  const egress: Egress = {
    name: 'web',
    uid: 'u1',
    generation: 1,
    createdAtMs: 0,
    appliedTo: { podSelector: {} },
    egressIPs,
    externalIPPools: [],
    unavailable,
  };
  const decision = decide({
    // n2 had the IP before our start.
    egresses: [
      { name: 'web', egress, status: { egressNode: 'n2', egressIP: IP }, resourceVersion: '1' },
    ],
    faults: new Map(),
    pods: [
      {
        ...POD,
        labels: {},
        nodeName: 'n1',
        ips: podIPs,
        hostNetwork: false,
        phase: 'Running',
        terminating: false,
      },
    ],
    namespaces: [{ name: 'prod', labels: {} }],
    nodes: new Map(
      ['n1', 'n2'].map((name, i) => [
        name,
        { name, ips: [`10.0.0.${i + 1}`], podCIDRs: [], ready: true },
      ]),
    ),
    reports: new Map(),
    settling: false,
    serviceCIDRs: [],
    podCIDRs: [],
  });
  const progress = {
    stores: createStores(1000),
    reports: new Map(),
    leaving: new Map(),
    settling: false,
  };
  return podViewFor(POD, decision, progress);
}

function governed(egressIP: string): PodView['winners'] {
  return [
    {
      egress: 'web',
      families: ['IPv4'],
      egressIPs: [egressIP],
      gateway: { nodeName: 'n2', nodeIP: '10.0.0.2' },
      realized: false,
    },
  ];
}
