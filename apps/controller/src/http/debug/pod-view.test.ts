import type { Egress } from '@sallyport/api';
import { sampleEgress } from '@sallyport/kit';
import { decidedFor, noProgress } from '../../testing/decision-for.ts';
import type { PodView } from './pod-view.ts';
import { podViewFor } from './pod-view.ts';

const IP = '192.0.2.10';
const POD = { namespace: 'prod', name: 'web-1' };

const V6_LEAVES =
  'Its IPv6 traffic leaves as if there were no Egress: this version supports IPv4 only.';

describe('podViewFor', () => {
  it('applies an Egress with an IP of each family to IPv4 only', () => {
    expect(viewOf([IP, 'fd00::8'], ['10.244.1.5', 'fd01::5'])).toMatchObject({
      outcome: 'selected',
      reason: `Egress web applies to the Pod: external IPv4 traffic leaves from ${IP} on Node n2. ${V6_LEAVES}`,
      effectiveEgresses: effective(IP),
    });
  });

  it('says that an IPv4 egress IP does not apply to IPv6 traffic of a dual-stack Pod', () => {
    expect(viewOf([IP], ['10.244.1.5', 'fd01::5'])).toMatchObject({
      reason: `Egress web applies to the Pod: external IPv4 traffic leaves from ${IP} on Node n2. ${V6_LEAVES}`,
    });
  });

  it('does not say that IPv6 traffic is dropped', () => {
    expect(viewOf(['fd00::8'], ['10.244.1.5', 'fd01::5'])).toMatchObject({
      outcome: 'unselected',
      reason: `No Egress applies to the IPv4 traffic of the Pod: it leaves from the IP of its Node. ${V6_LEAVES}`,
      effectiveEgresses: [],
      others: [
        {
          egress: 'web',
          reason: 'it applies to IPv6 only, which this version does not support',
        },
      ],
    });
    expect(viewOf([], ['10.244.1.5', 'fd01::5'])).toMatchObject({
      outcome: 'selected',
      reason: `Egress web applies to the Pod, but has no gateway (placement: no-ip): external IPv4 traffic is dropped. ${V6_LEAVES}`,
    });
  });

  it('does not mention IPv6 for a Pod without an IPv6 address', () => {
    expect(viewOf([IP, 'fd00::8'], ['10.244.1.5'])).toMatchObject({
      reason: `Egress web applies to the Pod: external IPv4 traffic leaves from ${IP} on Node n2.`,
      effectiveEgresses: effective(IP),
      others: [],
    });
    expect(viewOf(['fd00::8'], ['10.244.1.5'])).toMatchObject({
      reason: 'No Egress applies to the Pod: it leaves from the IP of its Node.',
      others: [
        {
          egress: 'web',
          reason: "it selects the Pod, but the Pod has no address of the Egress's address family",
        },
      ],
    });
  });
});

function viewOf(
  egressIPs: readonly string[],
  podIPs: readonly string[],
  unavailable: Egress['unavailable'] = 'Drop',
) {
  const egress = sampleEgress('web', { egressIPs, unavailable });
  const { decision } = decidedFor({
    // n2 had the IP before our start.
    egresses: [
      { name: 'web', egress, status: { egressNode: 'n2', egressIP: IP }, resourceVersion: '1' },
    ],
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
  });
  return podViewFor(POD, decision, noProgress);
}

function effective(egressIP: string): PodView['effectiveEgresses'] {
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
