import type { Condition, Egress, EgressStatus } from '@sallyport/api';
import { sampleEgress } from '@sallyport/kit';
import type { Placement } from '@sallyport/placement';
import fc from 'fast-check';
import { eventsFor } from './events-for.ts';
import type { NodeProgress } from './node-progress.ts';
import { planStatus } from './plan-status.ts';
import type { StatusInput } from './status-input.ts';

const IP = '192.0.2.10';
const egress: Egress = sampleEgress('web', { generation: 3, egressIPs: [IP] });
const one: Placement = { kind: 'one', ip: IP, nodeName: 'n2', nodeIP: '10.0.0.2' };
const done: NodeProgress = { nodeName: 'n2', kind: 'realized' };
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
const unsupported =
  'this version does not use fd00::8: IPv6 traffic of the selected Pods leaves as if there were no Egress';

describe('planStatus', () => {
  it('has the Node, the IP, and a good verdict for each condition', () => {
    const tally = { effective: 7, overridden: 0, selected: 7, overriddenBy: new Map() };
    expect(planStatus(input({ tally }))).toEqual({
      observedGeneration: 3,
      selectedPods: 7,
      egressNode: 'n2',
      egressIP: IP,
      conditions: [
        ['IPAllocated', 'True', 'Static', `spec gives ${IP}`],
        ['IPAssigned', 'True', 'Assigned', `${IP} is assigned to Node n2`],
        ['Realized', 'True', 'Realized', 'applied by Nodes n2'],
        ['Conflicted', 'False', 'NoConflict', 'no other Egress overrides this one'],
        ['Ready', 'True', 'Realized', 'applied by Nodes n2'],
        ['Stalled', 'False', 'NotStalled', 'no change of the Egress is needed'],
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
      {
        egress: { ...egress, egressIPs: [], externalIPPools: ['blue'] },
        placement: { kind: 'no-ip' },
      },
      'False PoolsNotSupported: this version does not support pools (blue): give an egressIP that is on an interface of a Node',
    ],
    [
      'an IPv6 address',
      { egress: { ...egress, egressIPs: ['fd00::8'] }, placement: { kind: 'no-ip' } },
      `False IPv6NotSupported: ${unsupported}; give an IPv4 egressIP`,
    ],
    [
      'an address of each family',
      { egress: dual },
      `True Static: spec gives ${IP}; ${unsupported}`,
    ],
    [
      'a faulty address',
      { egress: { ...egress, egressIPs: [] }, placement: { kind: 'no-ip' }, faults: [fault] },
      'False Invalid: Egress web: spec.egressIP: expected an address, got "1.2.3". Fix it.',
    ],
    [
      'an address and a pool',
      { egress: { ...egress, externalIPPools: ['blue'] } },
      `True Static: spec gives ${IP}; this version ignores its pools`,
    ],
  ])('has a verdict in IPAllocated for %s', (_, changes, expected) => {
    expect(brief(changes, 'IPAllocated')).toBe(expected);
  });

  it.each<[string, Partial<StatusInput>, string]>([
    [
      'no Node has the IP',
      { placement: { kind: 'none', ip: IP } },
      `False NoNode: no Node has ${IP}: add it to an interface of one Node; ${dropped}`,
    ],
    [
      'no Node has the IP and traffic may leave from the Nodes',
      { placement: { kind: 'none', ip: IP }, egress: { ...egress, unavailable: 'NodeIP' } },
      `False NoNode: no Node has ${IP}: add it to an interface of one Node; ` +
        'until then external IPv4 traffic of the selected Pods leaves from the IPs of their Nodes',
    ],
    [
      'the IP is an address of a Service',
      { placement: { kind: 'none', ip: '10.96.0.8' } },
      `False InServiceCIDR: 10.96.0.8 is an address of a Service, in 10.96.0.0/16 (--service-cidrs): choose another egressIP; ${dropped}`,
    ],
    [
      'no Node has the IP, which lies in a Pod CIDR',
      { placement: { kind: 'none', ip: '10.244.0.8' } },
      "False NoNode: no Node has 10.244.0.8: add it to the interface that carries a Node's InternalIP; " +
        `on any other interface an address in Pod CIDR 10.244.0.0/16 is taken for a Pod's; ${dropped}`,
    ],
    [
      'two Nodes have it',
      { placement: { kind: 'several', ip: IP, nodeNames: ['n1', 'n2'] } },
      `False SeveralNodes: Nodes n1, n2 all have ${IP}: remove it from all but one; ${dropped}`,
    ],
    [
      'the Node has no InternalIP',
      { placement: { kind: 'unreachable', ip: IP, nodeName: 'n2' } },
      `False NoInternalIP: Node n2 has ${IP}, but no IPv4 InternalIP to which other Nodes can tunnel; ${dropped}`,
    ],
    [
      'there is no IP',
      { placement: { kind: 'no-ip' } },
      `False NoIP: there is no egress IP, see IPAllocated; ${dropped}`,
    ],
    [
      'there is an IPv6 address only, and nothing is dropped',
      { placement: { kind: 'no-ip' }, egress: { ...egress, egressIPs: ['fd00::8'] } },
      `False NoIP: there is no egress IP, see IPAllocated; ${unsupported}`,
    ],
    [
      'no Node has the IPv4 one of two addresses',
      { placement: { kind: 'none', ip: IP }, egress: dual },
      `False NoNode: no Node has ${IP}: add it to an interface of one Node; ${dropped}; ${unsupported}`,
    ],
    [
      'Nodes have not reported yet',
      { placement: { kind: 'unknown', ip: IP, waitingFor: ['n1'] } },
      'Unknown WaitingForNodes: waiting for Nodes n1 to report their addresses',
    ],
  ])('has a verdict in IPAssigned when %s', (_, changes, expected) => {
    expect(brief(changes, 'IPAssigned')).toBe(expected);
  });

  it.each<[string, Partial<StatusInput>, string]>([
    [
      'a Node is behind',
      { progress: [{ nodeName: 'n1', kind: 'behind' }, done] },
      'False Pending: waiting for Nodes n1 to apply the latest version',
    ],
    [
      'a Node is silent',
      { progress: [{ nodeName: 'n1', kind: 'silent' }, done] },
      'False Pending: waiting for Nodes n1 to apply the latest version',
    ],
    [
      'a Node that is not Ready has a pending removal',
      { progress: [done, { nodeName: 'n1', kind: 'not-ready' }] },
      'True Realized: applied by Nodes n2; Nodes n1 are not Ready and have not removed an earlier version',
    ],
    [
      'a Node fails',
      {
        progress: [
          { nodeName: 'n1', kind: 'failing', failure: 'no ipset' },
          { nodeName: 'n3', kind: 'behind' },
        ],
      },
      'False Failing: Node n1: no ipset',
    ],
    [
      'many Nodes fail with long messages, which are shortened',
      {
        progress: [1, 2, 3, 4, 5, 6, 7].map((n) => ({
          nodeName: `n${n}`,
          kind: 'failing' as const,
          failure: n === 1 ? 'x'.repeat(10_000) : 'no ipset',
        })),
      },
      `False Failing: Node n1: ${'x'.repeat(291)}…; ` +
        'Node n2: no ipset; Node n3: no ipset; Node n4: no ipset; Node n5: no ipset; and 2 more',
    ],
    [
      'there is an IPv6 address only',
      { placement: { kind: 'no-ip' }, egress: { ...egress, egressIPs: ['fd00::8'] } },
      `False NoGateway: no gateway, see IPAssigned; ${unsupported}`,
    ],
    [
      'the IPv4 one of two addresses is applied, and IPv6 is not',
      { egress: dual },
      `False IPv6NotSupported: applied by Nodes n2; ${unsupported}`,
    ],
    [
      'there is no gateway',
      { placement: { kind: 'none', ip: IP } },
      `False NoGateway: no gateway, see IPAssigned; ${dropped}`,
    ],
    [
      'the spec has faults',
      { faults: [fault] },
      'False Invalid: Egress web: spec.egressIP: expected an address, got "1.2.3". Fix it.',
    ],
    [
      'bandwidth is not enforced',
      { egress: { ...egress, bandwidth: { rate: '1M', burst: '1M' } } },
      'True Realized: applied by Nodes n2; this version does not enforce bandwidth',
    ],
    [
      'many Nodes are behind, of which some are named',
      {
        progress: [1, 2, 3, 4, 5, 6, 7].map((n) => ({
          nodeName: `n${n}`,
          kind: 'behind' as const,
        })),
      },
      'False Pending: waiting for Nodes n1, n2, n3, n4, n5 and 2 more to apply the latest version',
    ],
  ])('has a verdict in Realized when %s', (_, changes, expected) => {
    expect(brief(changes, 'Realized')).toBe(expected);
  });

  it('counts in Conflicted the Pods on which others override it', () => {
    const overriddenBy = new Map([
      ['older', 1],
      ['old', 1],
    ]);
    const tally = { effective: 1, overridden: 2, selected: 3, overriddenBy };
    expect(brief({ tally }, 'Conflicted')).toBe(
      'True OtherEgressHasPrecedence: overridden on 2 of 3 selected Pods by an older Egress ' +
        '(or one of the same age whose name sorts first): old (1), older (1)',
    );
  });

  it('lists the IP in use if spec has a list, without unsupported ones', () => {
    expect(planStatus(input({ egress: dual }))).toMatchObject({ egressIP: IP, egressIPs: [IP] });
  });

  it('does not change IPAssigned and Realized after a restart until the Nodes have reported', () => {
    const before = planStatus(input());
    const after = planStatus(
      input({
        previous: before,
        progress: [{ nodeName: 'n2', kind: 'unknown' }],
        now: new Date(),
      }),
    );
    expect(after).toEqual(before);
  });

  it('takes the Node back once it has reported without the IP', () => {
    const previous = planStatus(input());
    const status = planStatus(
      input({ previous, placement: { kind: 'unknown', ip: IP, waitingFor: ['n1'] } }),
    );
    expect(status.egressNode).toBeUndefined();
    expect(conditionOf(status, 'IPAssigned')).toMatchObject({ status: 'Unknown' });
    expect(conditionOf(status, 'Realized')).toMatchObject({ status: 'False' });
  });

  it('changes lastTransitionTime only with the status of the condition', () => {
    const first = planStatus(input({ placement: { kind: 'none', ip: IP } }));
    const later = new Date('2026-01-02T04:00:00Z');
    const second = planStatus(
      input({
        previous: first,
        placement: { kind: 'several', ip: IP, nodeNames: ['n1', 'n2'] },
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

  it('plans an equal status from its own result', () => {
    const placement = fc.constantFrom<Placement>(
      one,
      { kind: 'no-ip' },
      { kind: 'none', ip: IP },
      { kind: 'several', ip: IP, nodeNames: ['n1', 'n2'] },
      { kind: 'unknown', ip: IP, waitingFor: ['n1'] },
      { kind: 'unreachable', ip: IP, nodeName: 'n1' },
    );
    const progress = fc.array(
      fc.constantFrom<NodeProgress>(
        done,
        { nodeName: 'n1', kind: 'behind' },
        { nodeName: 'n3', kind: 'silent' },
        { nodeName: 'n4', kind: 'unknown' },
        { nodeName: 'n5', kind: 'failing', failure: 'x' },
        { nodeName: 'n6', kind: 'not-ready' },
      ),
      { maxLength: 4 },
    );
    const faults = fc.constantFrom([], [fault]);
    fc.assert(
      fc.property(
        fc.array(fc.record({ placement, progress, faults }), { minLength: 1 }),
        (steps) => {
          let previous: EgressStatus = {};
          for (const step of steps) {
            const status = planStatus(input({ ...step, previous }));
            const again = planStatus(input({ ...step, previous: status, now: new Date() }));
            expect(again).toEqual(status);
            expect(eventsFor(status, again)).toEqual([]);
            previous = status;
          }
        },
      ),
    );
  });
});

describe('eventsFor', () => {
  it('has Events for the first assignment, and for each verdict that changes', () => {
    const assigned = planStatus(input());
    expect(eventsFor({}, assigned)).toEqual([
      { type: 'Normal', reason: 'Assigned', message: `${IP} is assigned to Node n2` },
    ]);
    const unassigned = planStatus(
      input({ previous: assigned, placement: { kind: 'none', ip: IP } }),
    );
    expect(eventsFor(assigned, unassigned)).toMatchObject([{ type: 'Warning', reason: 'NoNode' }]);
  });

  it('has no Event about the progress of Nodes', () => {
    const realized = planStatus(input());
    const pending = planStatus(
      input({ previous: realized, progress: [{ nodeName: 'n1', kind: 'behind' }] }),
    );
    expect(eventsFor(realized, pending)).toEqual([]);
  });

  it.each<[string, Partial<StatusInput>, string, string]>([
    [
      'no Node has the IP',
      { placement: { kind: 'none', ip: IP } },
      'False NoNode',
      'False NotStalled',
    ],
    [
      'a Node has not applied it',
      { progress: [{ nodeName: 'n2', kind: 'behind' }] },
      'False Pending',
      'False NotStalled',
    ],
    ['a field is faulty', { faults: [fault] }, 'False Invalid', 'True Invalid'],
    [
      'it names a pool',
      {
        egress: { ...egress, egressIPs: [], externalIPPools: ['blue'] },
        placement: { kind: 'no-ip' },
      },
      'False PoolsNotSupported',
      'True PoolsNotSupported',
    ],
    [
      'IPv6 traffic does not use it',
      { egress: dual },
      'False IPv6NotSupported',
      'True IPv6NotSupported',
    ],
  ])('is not Ready while %s, and Stalled if only a change helps', (_, changes, ready, stalled) => {
    expect(brief(changes, 'Ready')).toMatch(new RegExp(`^${ready}: `));
    expect(brief(changes, 'Stalled')).toMatch(new RegExp(`^${stalled}: `));
  });

  it('leaves the summaries as they are while the progress of a Node is not known', () => {
    const previous = planStatus(input());
    const progress = [{ nodeName: 'n2', kind: 'unknown' }] as const;
    expect(planStatus(input({ previous, progress })).conditions).toEqual(previous.conditions);
  });
});

function input(changes: Partial<StatusInput> = {}): StatusInput {
  return {
    egress,
    tally: { effective: 0, overridden: 0, selected: 0, overriddenBy: new Map() },
    faults: [],
    placement: one,
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
