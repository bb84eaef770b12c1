import type { NodeReport } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import type { NodeProgress, PublishedVersions } from './node-progress.ts';
import { nodeProgressFor, progressOf } from './node-progress.ts';

const START = 1000 * 1000;

const broken = { failure: 'no ipset' };

describe('nodeProgressFor', () => {
  it.each<[string, NodeReport | undefined, boolean, Partial<NodeProgress>]>([
    ['a Node with the latest version', reportOf(String(START + 1)), false, { kind: 'realized' }],
    ['a Node with a later version', reportOf(String(START + 9)), false, { kind: 'realized' }],
    ['a Node with an earlier version', reportOf(String(START)), false, { kind: 'behind' }],
    [
      'a Node with the latest version, but an earlier network',
      reportOf(String(START + 1), { realizedNetworkVersion: String(START) }),
      false,
      { kind: 'behind' },
    ],
    [
      'a Node with the latest version, and the network of an earlier controller',
      reportOf(String(START + 1), { realizedNetworkVersion: String(START - 5) }),
      true,
      { kind: 'unknown' },
    ],
    [
      'a Node with an earlier version and a failure',
      reportOf('', broken),
      false,
      { kind: 'failing', failure: 'no ipset' },
    ],
    [
      'a Node with the latest version and a failure',
      reportOf(String(START + 1), broken),
      false,
      { kind: 'failing', failure: 'no ipset' },
    ],
    [
      'a Node with the latest version and a fault of the Egress',
      reportOf(String(START + 1), faultOf('db', 'web')),
      false,
      { kind: 'failing', failure: 'web is dropped.' },
    ],
    [
      'a Node with faults of other Egresses with similar names',
      reportOf(String(START + 1), faultOf('we', 'webs', 'Web')),
      false,
      { kind: 'realized' },
    ],
    [
      'a Node with a fault of all Egresses',
      reportOf(String(START + 1), { faults: [{ message: 'No network.' }] }),
      false,
      { kind: 'failing', failure: 'No network.' },
    ],
    [
      'a Node with an earlier version and a fault of another Egress',
      reportOf('', faultOf('db')),
      false,
      { kind: 'behind' },
    ],
    [
      'a Node with a failure and a fault of the Egress',
      reportOf('', { ...broken, ...faultOf('web') }),
      false,
      { kind: 'failing', failure: 'no ipset web is dropped.' },
    ],
    [
      'a Node with the version of an earlier controller, and a failure',
      reportOf(String(START - 5), broken),
      true,
      { kind: 'unknown' },
    ],
    ['a Node without a report', undefined, false, { kind: 'silent' }],
    ['a Node without a report during the start-up grace', undefined, true, { kind: 'unknown' }],
    [
      'a Node with the version of an earlier controller',
      reportOf(String(START - 5)),
      true,
      { kind: 'unknown' },
    ],
    ['a Node whose agent has just started', reportOf(''), true, { kind: 'behind' }],
    [
      'a Node with the version of an earlier controller after the grace',
      reportOf(String(START - 5)),
      false,
      { kind: 'behind' },
    ],
  ])('classifies %s', (_, report, startupGrace, expected) => {
    const reports = new Map(report === undefined ? [] : [['n1', report]]);
    const published = versionsOf({ n1: START + 1 }, START + 1);
    const input = { published, reports, pendingRemovals: new Map(), startupGrace };
    expect(nodeProgressFor('n1', 'web', input)).toEqual({ nodeName: 'n1', ...expected });
  });
});

describe('progressOf', () => {
  // n2 is the gateway and has applied the group; n1 had a member and lost the group in version
  // START + 3.
  it.each<[string, NodeReport | undefined, readonly NodeProgress[], boolean?]>([
    [
      'waits for a Node that has not removed the group',
      reportOf(String(START + 2)),
      [{ nodeName: 'n1', kind: 'behind' }],
    ],
    ['waits for it when it is silent', undefined, [{ nodeName: 'n1', kind: 'silent' }]],
    [
      'has the failure that it reports',
      reportOf(String(START + 2), broken),
      [{ nodeName: 'n1', kind: 'failing', failure: 'no ipset' }],
    ],
    ['does not wait for a Node that has removed it', reportOf(String(START + 3)), []],
    ['does not wait for it whatever it reports later', reportOf(String(START + 3), broken), []],
    [
      'says when it is not Ready',
      reportOf(String(START + 2)),
      [{ nodeName: 'n1', kind: 'not-ready' }],
      false,
    ],
    ['does not wait for it when it is not Ready later', reportOf(String(START + 3)), [], false],
  ])('%s', (_, report, expected, ready = true) => {
    const published = versionsOf({ n2: START + 2, n1: START + 3 }, START);
    const reports = new Map([['n2', reportOf(String(START + 2))]]);
    if (report !== undefined) {
      reports.set('n1', report);
    }
    const pendingRemovals = new Map([['web', ['n1']]]);
    const input = { published, reports, pendingRemovals, startupGrace: false };
    const decision = {
      nodesOfGroup: new Map([['web', ['n2']]]),
      nodes: new Map([['n1', { ready }]]),
    };
    expect(progressOf('web', decision, input)).toEqual([
      { nodeName: 'n2', kind: 'realized' },
      ...expected,
    ]);
  });
});

function reportOf(realizedResourceVersion: string, rest: Partial<NodeReport> = {}): NodeReport {
  return {
    apiVersion: CONTROLPLANE_GROUP_VERSION,
    kind: 'NodeReport',
    metadata: { name: 'n1' },
    addresses: [],
    realizedResourceVersion,
    realizedNetworkVersion: String(START + 1),
    ...rest,
  };
}

/** Group versions by Node. */
function versionsOf(groups: Readonly<Record<string, number>>, network: number): PublishedVersions {
  return {
    firstVersion: START,
    groupVersion: (nodeName, egress) => (egress === 'web' ? groups[nodeName] : undefined) ?? START,
    networkVersion: () => network,
  };
}

function faultOf(...egresses: readonly string[]): Pick<NodeReport, 'faults'> {
  return {
    faults: egresses.map((egress) => ({ egress, message: `${egress} is dropped.` })),
  };
}
