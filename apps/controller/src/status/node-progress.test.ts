import type { NodeReport } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import { clusterNetworkFor } from '../decide/cluster-network-for.ts';
import { UNPARTITIONED } from '../publish/publish.ts';
import { createStores } from '../publish/stores.ts';
import type { NodeProgress } from './node-progress.ts';
import { nodeProgressFor, progressOf } from './node-progress.ts';

const START = 1000 * 1000;

const broken = { failure: 'no ipset' };

const group = {
  apiVersion: CONTROLPLANE_GROUP_VERSION,
  kind: 'EgressGroup',
  metadata: { name: 'web' },
  tunnelID: 1,
  egressIPs: [],
  groupMembers: [],
} as const;

const network = clusterNetworkFor({ nodes: new Map(), podCIDRs: [], serviceCIDRs: [] });

describe('nodeProgressFor', () => {
  it.each<[string, NodeReport | undefined, boolean, Partial<NodeProgress>]>([
    ['a Node that has got as far', reportOf(String(START + 1)), false, { state: 'Realized' }],
    ['a Node that is further', reportOf(String(START + 9)), false, { state: 'Realized' }],
    ['a Node that has not', reportOf(String(START)), false, { state: 'Behind' }],
    [
      'a Node that has got as far, and does not know of all Nodes',
      reportOf(String(START + 1), { realizedNetworkVersion: String(START) }),
      false,
      { state: 'Behind' },
    ],
    [
      'a Node that has got as far, and knows the Nodes that our predecessor told it of',
      reportOf(String(START + 1), { realizedNetworkVersion: String(START - 5) }),
      true,
      { state: 'Unknown' },
    ],
    [
      'a Node that says why it has not',
      reportOf('', broken),
      false,
      { state: 'Failing', failure: 'no ipset' },
    ],
    [
      'a Node that has got as far and then failed',
      reportOf(String(START + 1), broken),
      false,
      { state: 'Failing', failure: 'no ipset' },
    ],
    [
      'a Node that has got as far with a fault of the Egress',
      reportOf(String(START + 1), faultOf('db', 'web')),
      false,
      { state: 'Failing', failure: 'web is dropped.' },
    ],
    [
      'a Node that has got as far with faults of others, whose names are like that of the Egress',
      reportOf(String(START + 1), faultOf('we', 'webs', 'Web')),
      false,
      { state: 'Realized' },
    ],
    [
      'a Node that has got as far with a fault of all',
      reportOf(String(START + 1), { faults: [{ message: 'No network.' }] }),
      false,
      { state: 'Failing', failure: 'No network.' },
    ],
    [
      'a Node that has not, with a fault of another Egress',
      reportOf('', faultOf('db')),
      false,
      { state: 'Behind' },
    ],
    [
      'a Node with a failure and a fault of the Egress',
      reportOf('', { ...broken, ...faultOf('web') }),
      false,
      { state: 'Failing', failure: 'no ipset web is dropped.' },
    ],
    [
      'a Node that is where our predecessor left it, with a failure',
      reportOf(String(START - 5), broken),
      true,
      { state: 'Unknown' },
    ],
    ['a Node that never reported', undefined, false, { state: 'Silent' }],
    ['a Node that may yet report', undefined, true, { state: 'Unknown' }],
    [
      'a Node that is where our predecessor left it',
      reportOf(String(START - 5)),
      true,
      { state: 'Unknown' },
    ],
    ['a Node that has just started', reportOf(''), true, { state: 'Behind' }],
    ['a Node that stays there', reportOf(String(START - 5)), false, { state: 'Behind' }],
  ])('is right about %s', (_, report, settling, expected) => {
    const stores = createStores(1000);
    stores.egressGroups.publish('n1', [group]);
    stores.clusterNetworks.publish(UNPARTITIONED, [network]);
    const reports = new Map(report === undefined ? [] : [['n1', report]]);
    expect(nodeProgressFor('n1', 'web', { stores, reports, leaving: new Map(), settling })).toEqual(
      {
        nodeName: 'n1',
        ...expected,
      },
    );
  });
});

describe('progressOf', () => {
  // n2 is the gateway and has applied the group; n1 had a member and was told to forget the group
  // in version START + 3.
  it.each<[string, NodeReport | undefined, readonly NodeProgress[], boolean?]>([
    [
      'waits for a Node that has to forget the group',
      reportOf(String(START + 2)),
      [{ nodeName: 'n1', state: 'Behind' }],
    ],
    ['waits for it when it is silent', undefined, [{ nodeName: 'n1', state: 'Silent' }]],
    [
      'says why it does not',
      reportOf(String(START + 2), broken),
      [{ nodeName: 'n1', state: 'Failing', failure: 'no ipset' }],
    ],
    ['is done with a Node that has forgotten it', reportOf(String(START + 3)), []],
    ['is done with it whatever happens there later', reportOf(String(START + 3), broken), []],
    [
      'says so when it is down',
      reportOf(String(START + 2)),
      [{ nodeName: 'n1', state: 'NotReady' }],
      false,
    ],
    ['is done with it when it goes down later', reportOf(String(START + 3)), [], false],
  ])('%s', (_, report, expected, ready = true) => {
    const stores = createStores(1000);
    stores.egressGroups.publish('n1', [group]);
    stores.egressGroups.publish('n2', [group]);
    stores.egressGroups.publish('n1', []);
    const reports = new Map([['n2', reportOf(String(START + 2))]]);
    if (report !== undefined) {
      reports.set('n1', report);
    }
    const input = { stores, reports, leaving: new Map([['web', ['n1']]]), settling: false };
    const decision = {
      nodesOfGroup: new Map([['web', ['n2']]]),
      observation: { nodes: new Map([['n1', { ready }]]) },
    };
    expect(progressOf('web', decision, input)).toEqual([
      { nodeName: 'n2', state: 'Realized' },
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

function faultOf(...egresses: readonly string[]): Pick<NodeReport, 'faults'> {
  return {
    faults: egresses.map((egress) => ({ egress, message: `${egress} is dropped.` })),
  };
}
