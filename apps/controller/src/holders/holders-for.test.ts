import type { EgressStatus } from '@sallyport/api';
import type { Holder } from './holders-for.ts';
import { holdersFor } from './holders-for.ts';

const IP = '192.0.2.10';

interface Case {
  readonly egressIPs?: readonly string[];
  readonly status?: EgressStatus;
  /** The Nodes with their InternalIPs. */
  readonly nodes?: Readonly<Record<string, readonly string[]>>;
  /** The addresses that Nodes have reported. */
  readonly reports?: Readonly<Record<string, readonly string[]>>;
  readonly notReady?: readonly string[];
  readonly settling?: boolean;
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

const n1: Holder = { kind: 'One', ip: IP, nodeName: 'n1', nodeIP: '10.0.0.1' };
const n2: Holder = { kind: 'One', ip: IP, nodeName: 'n2', nodeIP: '10.0.0.2' };

describe('holdersFor', () => {
  it.each<[string, Case, Holder]>([
    ['the Node that reports the IP', { reports: { n1: ['10.0.0.1'], n2: ['10.0.0.2', IP] } }, n2],
    ['nobody, when all have reported', { reports: { n1: [], n2: [] } }, { kind: 'Nobody', ip: IP }],
    ['nobody, when there has been time to report', {}, { kind: 'Nobody', ip: IP }],
    [
      'both of two',
      { reports: { n2: [IP], n1: [IP] } },
      { kind: 'Several', ip: IP, nodeNames: ['n1', 'n2'] },
    ],
    ['of two the one that is ready', { reports: { n2: [IP], n1: [IP] }, notReady: ['n1'] }, n2],
    [
      'both of two when neither is ready',
      { reports: { n2: [IP], n1: [IP] }, notReady: ['n1', 'n2'] },
      { kind: 'Several', ip: IP, nodeNames: ['n1', 'n2'] },
    ],
    [
      'of three the two that are ready',
      {
        nodes: { ...twoNodes, n3: ['10.0.0.3'] },
        reports: { n1: [IP], n2: [IP], n3: [IP] },
        notReady: ['n2'],
      },
      { kind: 'Several', ip: IP, nodeNames: ['n1', 'n3'] },
    ],
    [
      'the only Node that reports the IP, though it is not ready',
      { reports: { n2: [IP] }, notReady: ['n2'] },
      n2,
    ],
    ['one Node that has the IP on two interfaces', { reports: { n2: [IP, IP] } }, n2],
    [
      'not a Node that is gone',
      { nodes: { n1: ['10.0.0.1'] }, reports: { n2: [IP] } },
      { kind: 'Nobody', ip: IP },
    ],
    [
      'a Node without an IPv4 InternalIP as unreachable',
      { nodes: { n2: ['fd00::2'] }, reports: { n2: [IP] } },
      { kind: 'Unreachable', ip: IP, nodeName: 'n2' },
    ],
    ['nothing for an Egress without IP', { egressIPs: [] }, { kind: 'NoIP' }],
    [
      'nothing for an Egress with an IPv6 address only',
      { egressIPs: ['fd00::10'] },
      { kind: 'NoIP' },
    ],
    [
      'after a restart, the Node of the status until it reports',
      { status: seeded, settling: true },
      n2,
    ],
    [
      'after a restart, nobody any more when that Node reports that it does not hold the IP',
      { status: seeded, settling: true, reports: { n2: [] } },
      { kind: 'Unknown', ip: IP, waitingFor: ['n1'] },
    ],
    [
      'after a restart, the Node of the status until it reports, though another one reports the IP',
      { status: seeded, settling: true, reports: { n1: [IP] } },
      n2,
    ],
    [
      'after a restart, the Node of the status until it reports, though two others report the IP',
      {
        nodes: { ...twoNodes, n3: ['10.0.0.3'] },
        status: seeded,
        settling: true,
        reports: { n1: [IP], n3: [IP] },
      },
      n2,
    ],
    [
      'after a restart, the other Node once that of the status reports that it does not hold the IP',
      { status: seeded, settling: true, reports: { n1: [IP], n2: [] } },
      n1,
    ],
    [
      'after a restart, both once that of the status reports that it holds the IP as well',
      { status: seeded, settling: true, reports: { n1: [IP], n2: [IP] } },
      { kind: 'Several', ip: IP, nodeNames: ['n1', 'n2'] },
    ],
    [
      'after a restart, the other Node that reports the IP when that of the status is not ready',
      { status: seeded, settling: true, reports: { n1: [IP] }, notReady: ['n2'] },
      n1,
    ],
    [
      'after a restart, nobody of an IP that several had until all have reported',
      { status: several, settling: true, reports: { n1: [IP] } },
      { kind: 'Unknown', ip: IP, waitingFor: ['n2'] },
    ],
    [
      'after a restart, the one of several that is left',
      { status: several, settling: true, reports: { n1: [], n2: [IP] } },
      n2,
    ],
    [
      'long after a restart, the one of several that reports',
      { status: several, reports: { n2: [IP] } },
      n2,
    ],
    [
      'after a restart, not the Node of a status about another IP',
      { status: { ...seeded, egressIP: '192.0.2.99' }, settling: true },
      { kind: 'Unknown', ip: IP, waitingFor: ['n1', 'n2'] },
    ],
    [
      'after a restart, not a Node of the status that is gone',
      { status: seeded, settling: true, nodes: { n1: ['10.0.0.1'] } },
      { kind: 'Unknown', ip: IP, waitingFor: ['n1'] },
    ],
    [
      'long after a restart, still the Node of the status while it is silent and no other reports the IP',
      { status: seeded, reports: { n1: ['10.0.0.1'] } },
      n2,
    ],
    [
      'long after a restart, another Node that reports the IP',
      { status: seeded, reports: { n1: [IP] } },
      n1,
    ],
    [
      'long after a restart, nobody when the Node of the status reports that it does not hold the IP',
      { status: seeded, reports: { n2: [] } },
      { kind: 'Nobody', ip: IP },
    ],
    [
      'long after a restart, nobody when the Node of the status is gone',
      { status: seeded, nodes: { n1: ['10.0.0.1'] } },
      { kind: 'Nobody', ip: IP },
    ],
  ])('names %s', (_, input, holder) => {
    expect(holderOf(input)).toEqual(holder);
  });
});

describe('the reports after a restart', () => {
  /** The kinds and Nodes that hold the IP as the reports come in, without repetitions. */
  const courseOf = (
    status: EgressStatus,
    ...arriving: readonly (readonly [string, readonly string[]])[]
  ): unknown[] => {
    const course: string[] = [];
    for (let count = 0; count <= arriving.length; count += 1) {
      const holder = holderOf({
        status,
        settling: true,
        reports: Object.fromEntries(arriving.slice(0, count)),
      });
      const step = holder.kind === 'One' ? holder.nodeName : holder.kind;
      if (course.at(-1) !== step) {
        course.push(step);
      }
    }
    return course;
  };

  it.each<[string, EgressStatus, readonly string[]]>([
    ['of two Nodes, one of which had the IP', seeded, ['n2', 'Several']],
    ['of two Nodes that both had the IP', several, ['Unknown', 'Several']],
  ])('%s, lead the same way in any order', (_, status, expected) => {
    expect(courseOf(status, ['n1', [IP]], ['n2', [IP]])).toEqual(expected);
    expect(courseOf(status, ['n2', [IP]], ['n1', [IP]])).toEqual(expected);
  });
});

function holderOf({
  egressIPs = [IP],
  status = {},
  nodes = twoNodes,
  reports = {},
  notReady = [],
  settling = false,
}: Case): Holder {
  const egress = {
    name: 'web',
    uid: 'u1',
    generation: 1,
    createdAtMs: 0,
    appliedTo: {},
    egressIPs,
    externalIPPools: [],
    unavailable: 'Drop' as const,
  };
  const holders = holdersFor({
    egresses: [{ name: 'web', egress, status, resourceVersion: '1' }],
    nodes: new Map(
      Object.entries(nodes).map(([name, ips]) => [
        name,
        { name, ips, podCIDRs: [], ready: !notReady.includes(name) },
      ]),
    ),
    reports: new Map(Object.entries(reports).map(([name, addresses]) => [name, { addresses }])),
    settling,
  });
  return holders.get('web')!;
}
