import type { Condition, Egress, EgressStatus } from '@sallyport/api';
import fc from 'fast-check';
import type { Holder } from '../holders/holders-for.ts';
import { eventsFor } from './events-for.ts';
import type { NodeProgress } from './node-progress.ts';
import type { StatusInput } from './plan-status.ts';
import { planStatus } from './plan-status.ts';

const IP = '192.0.2.10';
const egress: Egress = {
  name: 'web',
  uid: 'u1',
  generation: 3,
  createdAtMs: 0,
  appliedTo: { podSelector: {} },
  egressIPs: [IP],
  externalIPPools: [],
  unavailable: 'Drop',
};
const one: Holder = { kind: 'One', ip: IP, nodeName: 'n2', nodeIP: '10.0.0.2' };
const done: NodeProgress = { nodeName: 'n2', state: 'Realized' };
const now = new Date('2026-01-02T03:04:05Z');
const fault = {
  object: 'Egress web',
  field: 'spec.egressIP',
  value: '1.2.3',
  expected: 'an address',
  remedy: 'Fix it.',
};

const dropped = 'until then external IPv4 traffic of the selected Pods is dropped';
const dual = { ...egress, egressIPs: [IP, 'fd00::8'] };
const unserved =
  'this version does not serve fd00::8: IPv6 traffic of the selected Pods leaves as if there were no Egress';

describe('planStatus', () => {
  it('names the Node and the IP, and says that all is well', () => {
    expect(planStatus(input())).toEqual({
      egressNode: 'n2',
      egressIP: IP,
      conditions: [
        ['IPAllocated', 'True', 'Static', `spec names ${IP}`],
        ['IPAssigned', 'True', 'Assigned', `Node n2 holds ${IP}`],
        ['Realized', 'True', 'Realized', 'in effect on n2'],
        ['Conflicted', 'False', 'NoConflict', 'no other Egress has precedence on a selected Pod'],
      ].map(([type, status, reason, message]) => ({
        type,
        status,
        reason,
        message,
        observedGeneration: 3,
        lastTransitionTime: '2026-01-02T03:04:05Z',
      })),
    });
  });

  it.each<[string, Partial<StatusInput>, string]>([
    [
      'a pool',
      { egress: { ...egress, egressIPs: [], externalIPPools: ['blue'] }, holder: { kind: 'NoIP' } },
      'False PoolsNotSupported: this version does not support pools (blue): give an egressIP that is on an interface of a Node',
    ],
    [
      'an IPv6 address',
      { egress: { ...egress, egressIPs: ['fd00::8'] }, holder: { kind: 'NoIP' } },
      `False IPv6NotSupported: ${unserved}; give an IPv4 egressIP`,
    ],
    ['an address of each family', { egress: dual }, `True Static: spec names ${IP}; ${unserved}`],
    [
      'a faulty address',
      { egress: { ...egress, egressIPs: [] }, holder: { kind: 'NoIP' }, faults: [fault] },
      'False Invalid: Egress web: spec.egressIP: expected an address, got "1.2.3". Fix it.',
    ],
    [
      'an address and a pool',
      { egress: { ...egress, externalIPPools: ['blue'] } },
      `True Static: spec names ${IP}; this version ignores its pools`,
    ],
  ])('says in IPAllocated what becomes of %s', (_, changes, expected) => {
    expect(brief(changes, 'IPAllocated')).toBe(expected);
  });

  it.each<[string, Partial<StatusInput>, string]>([
    [
      'nobody holds the IP',
      { holder: { kind: 'Nobody', ip: IP } },
      `False NoNode: no Node holds ${IP}: add it to an interface of one Node; ${dropped}`,
    ],
    [
      'nobody holds the IP and traffic may leave from the Nodes',
      { holder: { kind: 'Nobody', ip: IP }, egress: { ...egress, unavailable: 'NodeIP' } },
      `False NoNode: no Node holds ${IP}: add it to an interface of one Node; ` +
        'until then external IPv4 traffic of the selected Pods leaves from the IPs of their Nodes',
    ],
    [
      'nobody can hold the address of a Service',
      { holder: { kind: 'Nobody', ip: '10.96.0.8' } },
      `False InServiceCIDR: 10.96.0.8 is an address of a Service, in 10.96.0.0/16 (--service-cidrs): choose another egressIP; ${dropped}`,
    ],
    [
      'nobody holds an IP that is found on one interface only, as Pods have such addresses',
      { holder: { kind: 'Nobody', ip: '10.244.0.8' } },
      'False NoNode: no Node holds 10.244.0.8: add it to the interface of one Node that has its InternalIP, ' +
        `as on others an address in the Pod CIDR 10.244.0.0/16 is a Pod's; ${dropped}`,
    ],
    [
      'two Nodes hold it',
      { holder: { kind: 'Several', ip: IP, nodeNames: ['n1', 'n2'] } },
      `False SeveralNodes: Nodes n1, n2 all hold ${IP}: remove it from all but one; ${dropped}`,
    ],
    [
      'the Node has no address of its own',
      { holder: { kind: 'Unreachable', ip: IP, nodeName: 'n2' } },
      `False NoInternalIP: Node n2 holds ${IP}, but has no IPv4 InternalIP to tunnel to; ${dropped}`,
    ],
    [
      'there is no IP',
      { holder: { kind: 'NoIP' } },
      `False NoIP: there is no IP, see IPAllocated; ${dropped}`,
    ],
    [
      'there is an IPv6 address only, and nothing is dropped',
      { holder: { kind: 'NoIP' }, egress: { ...egress, egressIPs: ['fd00::8'] } },
      `False NoIP: there is no IP, see IPAllocated; ${unserved}`,
    ],
    [
      'nobody holds the IPv4 one of two addresses',
      { holder: { kind: 'Nobody', ip: IP }, egress: dual },
      `False NoNode: no Node holds ${IP}: add it to an interface of one Node; ${dropped}; ${unserved}`,
    ],
    [
      'Nodes have yet to report',
      { holder: { kind: 'Unknown', ip: IP, waitingFor: ['n1'] } },
      'Unknown WaitingForNodes: waiting for Nodes n1 to report their addresses',
    ],
  ])('says in IPAssigned that %s', (_, changes, expected) => {
    expect(brief(changes, 'IPAssigned')).toBe(expected);
  });

  it.each<[string, Partial<StatusInput>, string]>([
    [
      'a Node is behind',
      { progress: [{ nodeName: 'n1', state: 'Behind' }, done] },
      'False Pending: waiting for Nodes n1',
    ],
    [
      'a Node is silent',
      { progress: [{ nodeName: 'n1', state: 'Silent' }, done] },
      'False Pending: waiting for Nodes n1',
    ],
    [
      'a Node that is down has yet to stop',
      { progress: [done, { nodeName: 'n1', state: 'NotReady' }] },
      'True Realized: in effect on n2; Nodes n1 are not Ready and have yet to be told',
    ],
    [
      'a Node fails',
      {
        progress: [
          { nodeName: 'n1', state: 'Failing', failure: 'no ipset' },
          { nodeName: 'n3', state: 'Behind' },
        ],
      },
      'False Failing: Node n1: no ipset',
    ],
    [
      'many Nodes fail for long reasons, without giving all',
      {
        progress: [1, 2, 3, 4, 5, 6, 7].map((n) => ({
          nodeName: `n${n}`,
          state: 'Failing' as const,
          failure: n === 1 ? 'x'.repeat(10_000) : 'no ipset',
        })),
      },
      `False Failing: Node n1: ${'x'.repeat(291)}…; ` +
        'Node n2: no ipset; Node n3: no ipset; Node n4: no ipset; Node n5: no ipset; and 2 more',
    ],
    [
      'there is an IPv6 address only',
      { holder: { kind: 'NoIP' }, egress: { ...egress, egressIPs: ['fd00::8'] } },
      `False NoGateway: see IPAssigned; ${unserved}`,
    ],
    [
      'the IPv4 one of two addresses is in effect, and IPv6 leaks',
      { egress: dual },
      `False IPv6NotSupported: in effect on n2; ${unserved}`,
    ],
    [
      'there is no gateway',
      { holder: { kind: 'Nobody', ip: IP } },
      `False NoGateway: see IPAssigned; ${dropped}`,
    ],
    [
      'the spec has faults',
      { faults: [fault] },
      'False Invalid: Egress web: spec.egressIP: expected an address, got "1.2.3". Fix it.',
    ],
    [
      'bandwidth is not enforced',
      { egress: { ...egress, bandwidth: { rate: '1M', burst: '1M' } } },
      'True Realized: in effect on n2; this version does not enforce bandwidth',
    ],
    [
      'many Nodes are behind, without naming all',
      {
        progress: [1, 2, 3, 4, 5, 6, 7].map((n) => ({
          nodeName: `n${n}`,
          state: 'Behind' as const,
        })),
      },
      'False Pending: waiting for Nodes n1, n2, n3, n4, n5 and 2 more',
    ],
  ])('says in Realized that %s', (_, changes, expected) => {
    expect(brief(changes, 'Realized')).toBe(expected);
  });

  it('counts in Conflicted the Pods that others govern', () => {
    const pod = (name: string): { namespace: string; name: string } => ({
      namespace: 'default',
      name,
    });
    const losses = [
      { pod: pod('a'), family: 'IPv4' as const, winner: 'old' },
      { pod: pod('a'), family: 'IPv6' as const, winner: 'old' },
      { pod: pod('b'), family: 'IPv4' as const, winner: 'older' },
    ];
    const members = [{ pod: pod('c'), nodeName: 'n1', ips: [] }];
    expect(brief({ losses, members }, 'Conflicted')).toBe(
      'True OtherEgressHasPrecedence: 2 of 3 selected Pods are governed by an older Egress ' +
        '(or one of the same age whose name sorts first): old (1), older (1)',
    );
  });

  it('lists the IP in use where spec has a list, without those that are not served', () => {
    expect(planStatus(input({ egress: dual }))).toMatchObject({ egressIP: IP, egressIPs: [IP] });
  });

  it('leaves IPAssigned and Realized alone after a restart until the Nodes have reported', () => {
    const before = planStatus(input());
    const after = planStatus(
      input({
        previous: before,
        progress: [{ nodeName: 'n2', state: 'Unknown' }],
        now: new Date(),
      }),
    );
    expect(after).toEqual(before);
  });

  it('does not go on saying that a Node holds the IP when it has said that it does not', () => {
    const previous = planStatus(input());
    const status = planStatus(
      input({ previous, holder: { kind: 'Unknown', ip: IP, waitingFor: ['n1'] } }),
    );
    expect(status.egressNode).toBeUndefined();
    expect(conditionOf(status, 'IPAssigned')).toMatchObject({ status: 'Unknown' });
    expect(conditionOf(status, 'Realized')).toMatchObject({ status: 'False' });
  });

  it('changes lastTransitionTime only when the status of the condition flips', () => {
    const first = planStatus(input({ holder: { kind: 'Nobody', ip: IP } }));
    const later = new Date('2026-01-02T04:00:00Z');
    const second = planStatus(
      input({
        previous: first,
        holder: { kind: 'Several', ip: IP, nodeNames: ['n1', 'n2'] },
        now: later,
      }),
    );
    expect(conditionOf(second, 'IPAssigned')).toMatchObject({
      reason: 'SeveralNodes',
      lastTransitionTime: '2026-01-02T03:04:05Z',
    });
    const third = planStatus(input({ previous: second, now: later }));
    expect(conditionOf(third, 'IPAssigned')?.lastTransitionTime).toBe('2026-01-02T04:00:00Z');
  });

  it('plans nothing new from what it planned', () => {
    const holder = fc.constantFrom<Holder>(
      one,
      { kind: 'NoIP' },
      { kind: 'Nobody', ip: IP },
      { kind: 'Several', ip: IP, nodeNames: ['n1', 'n2'] },
      { kind: 'Unknown', ip: IP, waitingFor: ['n1'] },
      { kind: 'Unreachable', ip: IP, nodeName: 'n1' },
    );
    const progress = fc.array(
      fc.constantFrom<NodeProgress>(
        done,
        { nodeName: 'n1', state: 'Behind' },
        { nodeName: 'n3', state: 'Silent' },
        { nodeName: 'n4', state: 'Unknown' },
        { nodeName: 'n5', state: 'Failing', failure: 'x' },
        { nodeName: 'n6', state: 'NotReady' },
      ),
      { maxLength: 4 },
    );
    const faults = fc.constantFrom([], [fault]);
    fc.assert(
      fc.property(fc.array(fc.record({ holder, progress, faults }), { minLength: 1 }), (steps) => {
        let previous: EgressStatus = {};
        for (const step of steps) {
          const status = planStatus(input({ ...step, previous }));
          const again = planStatus(input({ ...step, previous: status, now: new Date() }));
          expect(again).toEqual(status);
          expect(eventsFor(status, again)).toEqual([]);
          previous = status;
        }
      }),
    );
  });
});

describe('eventsFor', () => {
  it('tells of the first assignment, and of each outcome that changes', () => {
    const assigned = planStatus(input());
    expect(eventsFor({}, assigned)).toEqual([
      { type: 'Normal', reason: 'Assigned', message: `Node n2 holds ${IP}` },
    ]);
    const nobody = planStatus(input({ previous: assigned, holder: { kind: 'Nobody', ip: IP } }));
    expect(eventsFor(assigned, nobody)).toMatchObject([{ type: 'Warning', reason: 'NoNode' }]);
  });

  it('is silent about Nodes that come and go with their Pods', () => {
    const realized = planStatus(input());
    const pending = planStatus(
      input({ previous: realized, progress: [{ nodeName: 'n1', state: 'Behind' }] }),
    );
    expect(eventsFor(realized, pending)).toEqual([]);
  });
});

function input(changes: Partial<StatusInput> = {}): StatusInput {
  return {
    egress,
    members: [],
    losses: [],
    faults: [],
    holder: one,
    network: { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/16'] },
    progress: [done],
    previous: {},
    now,
    ...changes,
  };
}

function brief(changes: Partial<StatusInput>, type: string): string {
  const { status, reason, message } = conditionOf(planStatus(input(changes)), type)!;
  return `${status} ${reason}: ${message}`;
}

function conditionOf(status: EgressStatus, type: string): Condition | undefined {
  return status.conditions?.find((condition) => condition.type === type);
}
