import type { GroupSketch } from '@sallyport/dataplane/testing';
import { intentForPod, intentForTunnel } from './intents.ts';
import { operationsFor, realized } from './plan.ts';
import type { Subject } from './run-plan.ts';
import { runPlan } from './run-plan.ts';
import type { Operation, World } from './world.ts';

// The checker is only worth something if it finds leaks: here plans are spoilt on purpose.

const external = '203.0.113.10';
const [moved, leaving, joining] = ['10.244.1.11', '10.244.1.12', '10.244.1.13'] as const;

const before: readonly GroupSketch[] = [
  { name: 'a', tunnelID: 70, egressIP: '192.168.77.200', gateway: 'n1', pods: [moved] },
  { name: 'b', tunnelID: 71, egressIP: '192.168.77.201', gateway: 'n2', pods: [leaving] },
];
const after: readonly GroupSketch[] = [
  { name: 'a', tunnelID: 70, egressIP: '192.168.77.202', gateway: 'n1', pods: [joining] },
  { name: 'b', tunnelID: 71, egressIP: '192.168.77.201', gateway: 'n3', pods: [moved] },
];

const watched = [
  ...[moved, leaving, joining].map((source) =>
    subject([intentForPod(before, source), intentForPod(after, source)], { source }),
  ),
  ...[70, 71].map((tunnelID) =>
    subject([intentForTunnel(before, tunnelID), intentForTunnel(after, tunnelID)], {
      source: '10.244.2.21',
      tunnelID,
    }),
  ),
];

const good = operationsFor(start(), after);

describe('the leak checker', () => {
  it('finds no leak in the plan as it is', () => {
    expect(good.map(({ op }) => op)).toEqual([
      'update-sets',
      'delete-connections',
      'iptables-restore',
      'ovs-bundle',
      'delete-connections',
      'update-sets',
      'ovs-bundle',
      'delete-connections',
      'iptables-restore',
    ]);
    expect(leaksOf(good)).toEqual([]);
  });

  it.each([
    ['everything backwards', good.toReversed()],
    ['the SNAT rules last', movedTo(indexOf('iptables-restore'), good.length - 1)],
    ['the old SNAT rules removed first', movedTo(indexOf('iptables-restore', 1), 0)],
    ['the Pods never blocked', without(indexOf('update-sets'))],
    ['the connections of Pods never deleted', without(indexOf('delete-connections', 1))],
    [
      'the connections deleted before the Pods are blocked',
      movedTo(indexOf('delete-connections', 1), 0),
    ],
    ['the flows changed before the Pods are blocked', movedTo(indexOf('ovs-bundle'), 0)],
    [
      'the Pods redirected before the flows are there',
      movedTo(indexOf('update-sets', 1), indexOf('ovs-bundle')),
    ],
    ['the Pods redirected at once, without a block', movedTo(indexOf('update-sets', 1), 0)],
  ])('finds a leak in a plan with %s', (_, steps) => {
    expect(leaksOf(steps)).not.toEqual([]);
  });

  it('finds a leak on a gateway without a conntrack zone for each egress IP', () => {
    const twoHere: readonly GroupSketch[] = [
      { name: 'a', tunnelID: 70, egressIP: '192.168.77.200', gateway: 'n1', pods: [] },
      { name: 'b', tunnelID: 71, egressIP: '192.168.77.201', gateway: 'n1', pods: [] },
    ];
    const world = realized(twoHere);
    // One Pod of another Node, first in Egress a and then in Egress b, with the same connection.
    const remote = [70, 71].map((tunnelID) => {
      const intent = intentForTunnel(twoHere, tunnelID);
      return subject([intent, intent], { source: '10.244.2.21', tunnelID });
    });
    expect(runPlan(world, [], remote).leaks).toEqual([]);
    const chains = world.rules.chains.filter(({ table }) => table !== 'raw');
    const spoilt = { ...world, rules: { ...world.rules, chains } };
    expect(runPlan(spoilt, [], remote).leaks).not.toEqual([]);
  });

  it('sees that packets unknown to conntrack are dropped, and finds a leak without that rule', () => {
    const local = ['dropped', 'dropped'] as const;
    const here: readonly GroupSketch[] = [
      { name: 'a', tunnelID: 70, egressIP: '192.168.77.200', gateway: 'n1', pods: [moved] },
    ];
    const world = realized(here);
    const invalid = [
      subject(local, { source: moved, invalid: true }),
      subject(local, { source: '10.244.2.21', tunnelID: 70, invalid: true }),
    ];
    expect(runPlan(world, [], invalid).leaks).toEqual([]);
    const chains = world.rules.chains.map((chain) => ({
      ...chain,
      rules: chain.rules.filter((rule) => !rule.includes('INVALID')),
    }));
    const spoilt = { ...world, rules: { ...world.rules, chains } };
    expect(runPlan(spoilt, [], invalid).leaks).toEqual([
      `before the first step: ${moved} to ${external}: leaves as ${moved}`,
      `before the first step: 10.244.2.21 (tunnel 70) to ${external}: leaves as 10.244.2.21`,
      `in the end: ${moved} to ${external}: leaves as ${moved}`,
      `in the end: 10.244.2.21 (tunnel 70) to ${external}: leaves as 10.244.2.21`,
    ]);
  });

  it('sees that a redirected packet is dropped while its route is missing', () => {
    const there: readonly GroupSketch[] = [
      { name: 'a', tunnelID: 70, egressIP: '192.168.77.200', gateway: 'n2', pods: [moved] },
    ];
    const world = realized(there);
    const routeless = { ...world, routing: { ...world.routing, routes: [] } };
    expect(
      runPlan(routeless, [], [subject(['dropped', 'dropped'], { source: moved })]).leaks,
    ).toEqual([]);
  });
});

function subject(
  intents: readonly [string, string],
  rest: Pick<Subject, 'source' | 'tunnelID' | 'invalid'>,
): Subject {
  return {
    ...rest,
    destination: external,
    allowed: intents,
    steady: intents[0] === intents[1],
    final: intents[1],
  };
}

function start(): World {
  return runPlan(
    realized(before),
    [],
    watched.map((one) => ({ ...one, final: one.allowed[0]! })),
  ).world;
}

function leaksOf(steps: readonly Operation[]): readonly string[] {
  try {
    return runPlan(start(), steps, watched, [1]).leaks;
  } catch (error) {
    return [String(error)];
  }
}

function movedTo(from: number, to: number): readonly Operation[] {
  return without(from).toSpliced(to, 0, good[from]!);
}

function without(index: number): readonly Operation[] {
  return good.filter((_, other) => other !== index);
}

function indexOf(op: Operation['op'], nth = 0): number {
  return good.map((step, index) => ({ step, index })).filter(({ step }) => step.op === op)[nth]!
    .index;
}
