import type { EgressStatus } from '@sallyport/api';
import { sampleEgress } from '@sallyport/kit';
import { placeEgresses } from './place-egresses.ts';
import type { Placement } from './placement.ts';

const IP = '192.0.2.10';

interface Case {
  readonly egressIPs?: readonly string[];
  readonly status?: EgressStatus;
  /** The Nodes with their InternalIPs. */
  readonly nodes?: Readonly<Record<string, readonly string[]>>;
  /** The addresses that Nodes have reported. */
  readonly reports?: Readonly<Record<string, readonly string[]>>;
  readonly notReady?: readonly string[];
  readonly startupGrace?: boolean;
}

const twoNodes = { n1: ['10.0.0.1'], n2: ['10.0.0.2'] };
const several: EgressStatus = {
  conditions: [
    {
      type: 'IPAssigned',
      status: 'False',
      reason: 'SeveralNodes',
      message: '',
      lastTransitionTime: '2026-01-02T03:04:05Z',
      observedGeneration: 1,
    },
  ],
};
const seeded: EgressStatus = { egressNode: 'n2', egressIP: IP };

const n1: Placement = { kind: 'one', ip: IP, nodeName: 'n1', nodeIP: '10.0.0.1' };
const n2: Placement = { kind: 'one', ip: IP, nodeName: 'n2', nodeIP: '10.0.0.2' };

describe('placeEgresses', () => {
  it.each<[string, Case, Placement]>([
    ['the Node that reports the IP', { reports: { n1: ['10.0.0.1'], n2: ['10.0.0.2', IP] } }, n2],
    ['no Node when all have reported', { reports: { n1: [], n2: [] } }, { kind: 'none', ip: IP }],
    ['no Node after the start-up grace', {}, { kind: 'none', ip: IP }],
    [
      'several when two Nodes report the IP',
      { reports: { n2: [IP], n1: [IP] } },
      { kind: 'several', ip: IP, nodeNames: ['n1', 'n2'] },
    ],
    ['the Ready one of two', { reports: { n2: [IP], n1: [IP] }, notReady: ['n1'] }, n2],
    [
      'several when neither of two is Ready',
      { reports: { n2: [IP], n1: [IP] }, notReady: ['n1', 'n2'] },
      { kind: 'several', ip: IP, nodeNames: ['n1', 'n2'] },
    ],
    [
      'the two of three that are Ready',
      {
        nodes: { ...twoNodes, n3: ['10.0.0.3'] },
        reports: { n1: [IP], n2: [IP], n3: [IP] },
        notReady: ['n2'],
      },
      { kind: 'several', ip: IP, nodeNames: ['n1', 'n3'] },
    ],
    [
      'the only Node that reports the IP, even if it is not Ready',
      { reports: { n2: [IP] }, notReady: ['n2'] },
      n2,
    ],
    ['one Node with the IP on two interfaces', { reports: { n2: [IP, IP] } }, n2],
    [
      'no Node when the one that reported is gone',
      { nodes: { n1: ['10.0.0.1'] }, reports: { n2: [IP] } },
      { kind: 'none', ip: IP },
    ],
    [
      'a Node without an IPv4 InternalIP as unreachable',
      { nodes: { n2: ['fd00::2'] }, reports: { n2: [IP] } },
      { kind: 'unreachable', ip: IP, nodeName: 'n2' },
    ],
    ['no IP for an Egress without one', { egressIPs: [] }, { kind: 'no-ip' }],
    [
      'no IP for an Egress with an IPv6 address only',
      { egressIPs: ['fd00::10'] },
      { kind: 'no-ip' },
    ],
    [
      'after a restart, the Node of the status until it reports',
      { status: seeded, startupGrace: true },
      n2,
    ],
    [
      'after a restart, no Node yet once the Node of the status reports without the IP',
      { status: seeded, startupGrace: true, reports: { n2: [] } },
      { kind: 'unknown', ip: IP, waitingFor: ['n1'] },
    ],
    [
      'after a restart, the Node of the status until it reports, even if another reports the IP',
      { status: seeded, startupGrace: true, reports: { n1: [IP] } },
      n2,
    ],
    [
      'after a restart, the Node of the status until it reports, even if two others report the IP',
      {
        nodes: { ...twoNodes, n3: ['10.0.0.3'] },
        status: seeded,
        startupGrace: true,
        reports: { n1: [IP], n3: [IP] },
      },
      n2,
    ],
    [
      'after a restart, another Node once the Node of the status reports without the IP',
      { status: seeded, startupGrace: true, reports: { n1: [IP], n2: [] } },
      n1,
    ],
    [
      'after a restart, several once the Node of the status reports the IP too',
      { status: seeded, startupGrace: true, reports: { n1: [IP], n2: [IP] } },
      { kind: 'several', ip: IP, nodeNames: ['n1', 'n2'] },
    ],
    [
      'after a restart, another Node with the IP when the Node of the status is not Ready',
      { status: seeded, startupGrace: true, reports: { n1: [IP] }, notReady: ['n2'] },
      n1,
    ],
    [
      'after a restart, no Node of several earlier ones until all have reported',
      { status: several, startupGrace: true, reports: { n1: [IP] } },
      { kind: 'unknown', ip: IP, waitingFor: ['n2'] },
    ],
    [
      'after a restart, the one Node that is left of several',
      { status: several, startupGrace: true, reports: { n1: [], n2: [IP] } },
      n2,
    ],
    [
      'after the start-up grace, the one of several that reports',
      { status: several, reports: { n2: [IP] } },
      n2,
    ],
    [
      'after a restart, no Node yet when the status is about another IP',
      { status: { ...seeded, egressIP: '192.0.2.99' }, startupGrace: true },
      { kind: 'unknown', ip: IP, waitingFor: ['n1', 'n2'] },
    ],
    [
      'after a restart, no Node yet when the Node of the status is gone',
      { status: seeded, startupGrace: true, nodes: { n1: ['10.0.0.1'] } },
      { kind: 'unknown', ip: IP, waitingFor: ['n1'] },
    ],
    [
      'after the start-up grace, the Node of the status while no Node reports the IP',
      { status: seeded, reports: { n1: ['10.0.0.1'] } },
      n2,
    ],
    [
      'after the start-up grace, another Node that reports the IP',
      { status: seeded, reports: { n1: [IP] } },
      n1,
    ],
    [
      'after the start-up grace, no Node when the Node of the status reports without the IP',
      { status: seeded, reports: { n2: [] } },
      { kind: 'none', ip: IP },
    ],
    [
      'after the start-up grace, no Node when the Node of the status is gone',
      { status: seeded, nodes: { n1: ['10.0.0.1'] } },
      { kind: 'none', ip: IP },
    ],
  ])('finds %s', (_, input, placement) => {
    expect(placementOf(input)).toEqual(placement);
  });
});

describe('the reports after a restart', () => {
  /** The placements as the reports come in, without repetitions. */
  const courseOf = (
    status: EgressStatus,
    ...arriving: readonly (readonly [string, readonly string[]])[]
  ): unknown[] => {
    const course: string[] = [];
    for (let count = 0; count <= arriving.length; count += 1) {
      const placement = placementOf({
        status,
        startupGrace: true,
        reports: Object.fromEntries(arriving.slice(0, count)),
      });
      const step = placement.kind === 'one' ? placement.nodeName : placement.kind;
      if (course.at(-1) !== step) {
        course.push(step);
      }
    }
    return course;
  };

  it.each<[string, EgressStatus, readonly string[]]>([
    ['of two Nodes, one of which had the IP', seeded, ['n2', 'several']],
    ['of two Nodes that both had the IP', several, ['unknown', 'several']],
  ])('%s, lead to the same placements in any order', (_, status, expected) => {
    expect(courseOf(status, ['n1', [IP]], ['n2', [IP]])).toEqual(expected);
    expect(courseOf(status, ['n2', [IP]], ['n1', [IP]])).toEqual(expected);
  });
});

function placementOf({
  egressIPs = [IP],
  status = {},
  nodes = twoNodes,
  reports = {},
  notReady = [],
  startupGrace = false,
}: Case): Placement {
  const egress = sampleEgress('web', { egressIPs });
  const placements = placeEgresses({
    egresses: [{ name: 'web', egress, status }],
    nodes: new Map(
      Object.entries(nodes).map(([name, ips]) => [name, { ips, ready: !notReady.includes(name) }]),
    ),
    reports: new Map(Object.entries(reports).map(([name, addresses]) => [name, { addresses }])),
    startupGrace,
  });
  return placements.get('web')!;
}
