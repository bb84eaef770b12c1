import { DEFAULT_TUNNEL_UDP_PORT } from './constants.ts';
import { diffDataplane } from './diff-dataplane.ts';
import { defaultMarks } from './marks.ts';
import type { Operation } from './operation.ts';
import { planDataplane } from './plan-dataplane.ts';
import type { Subject, World } from './testing/index.ts';
import { applyOperation, emptyWorld, runPlan } from './testing/index.ts';
import type { GroupSketch } from './testing/scenario.ts';
import { egressGroup, intentForPod, intentForTunnel, network, node } from './testing/scenario.ts';

// The checker is only worth something if it complains when it should: here plans are spoilt on
// purpose.

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

const good = stepsTo(start(), after);

describe('the leak checker', () => {
  it('has nothing to say about the plan as it is', () => {
    expect(good.map(({ op }) => op)).toEqual([
      'ipset-restore',
      'forget-connections',
      'iptables-restore',
      'ovs-bundle',
      'forget-connections',
      'ipset-restore',
      'ovs-bundle',
      'forget-connections',
      'iptables-restore',
    ]);
    expect(leaksOf(good)).toEqual([]);
  });

  it.each([
    ['everything backwards', good.toReversed()],
    ['the SNAT rules last', movedTo(indexOf('iptables-restore'), good.length - 1)],
    ['the old SNAT rules removed first', movedTo(indexOf('iptables-restore', 1), 0)],
    ['the Pods never cut off', without(indexOf('ipset-restore'))],
    ['the connections of Pods never forgotten', without(indexOf('forget-connections', 1))],
    [
      'the connections forgotten before the Pods are cut off',
      movedTo(indexOf('forget-connections', 1), 0),
    ],
    ['the flows changed before the Pods are cut off', movedTo(indexOf('ovs-bundle'), 0)],
    [
      'the Pods steered before the flows are there',
      movedTo(indexOf('ipset-restore', 1), indexOf('ovs-bundle')),
    ],
    ['the Pods steered at once, without a cut', movedTo(indexOf('ipset-restore', 1), 0)],
  ])('complains of %s', (_, steps) => {
    expect(leaksOf(steps)).not.toEqual([]);
  });

  it('complains of a gateway without a conntrack zone for each egress IP', () => {
    const twoHere: readonly GroupSketch[] = [
      { name: 'a', tunnelID: 70, egressIP: '192.168.77.200', gateway: 'n1', pods: [] },
      { name: 'b', tunnelID: 71, egressIP: '192.168.77.201', gateway: 'n1', pods: [] },
    ];
    const world = stepsTo(emptyWorld(node.ip), twoHere).reduce(applyOperation, emptyWorld(node.ip));
    // One Pod of another Node, first in Egress a and then in Egress b, with the same connection.
    const remote = [70, 71].map((tunnelID) => {
      const intent = intentForTunnel(twoHere, tunnelID);
      return subject([intent, intent], { source: '10.244.2.21', tunnelID });
    });
    expect(runPlan(world, [], remote).leaks).toEqual([]);
    const { iptables } = world.state;
    const chains = iptables.chains.filter(({ table }) => table !== 'raw');
    const spoilt = { ...world, state: { ...world.state, iptables: { ...iptables, chains } } };
    expect(runPlan(spoilt, [], remote).leaks).not.toEqual([]);
  });

  it('sees that what conntrack does not know is dropped, and would leak without that rule', () => {
    const local = ['dropped', 'dropped'] as const;
    const here: readonly GroupSketch[] = [
      { name: 'a', tunnelID: 70, egressIP: '192.168.77.200', gateway: 'n1', pods: [moved] },
    ];
    const world = stepsTo(emptyWorld(node.ip), here).reduce(applyOperation, emptyWorld(node.ip));
    const invalid = [
      subject(local, { source: moved, invalid: true }),
      subject(local, { source: '10.244.2.21', tunnelID: 70, invalid: true }),
    ];
    expect(runPlan(world, [], invalid).leaks).toEqual([]);
    const { iptables } = world.state;
    const chains = iptables.chains.map((chain) => ({
      ...chain,
      rules: chain.rules.filter((rule) => !rule.includes('INVALID')),
    }));
    const spoilt = { ...world, state: { ...world.state, iptables: { ...iptables, chains } } };
    expect(runPlan(spoilt, [], invalid).leaks).toEqual([
      `before the first step: ${moved} to ${external}: leaves as ${moved}`,
      `before the first step: 10.244.2.21 (tunnel 70) to ${external}: leaves as 10.244.2.21`,
      `in the end: ${moved} to ${external}: leaves as ${moved}`,
      `in the end: 10.244.2.21 (tunnel 70) to ${external}: leaves as 10.244.2.21`,
    ]);
  });

  it('sees that a packet for the tunnel is dropped while its route is gone', () => {
    const there: readonly GroupSketch[] = [
      { name: 'a', tunnelID: 70, egressIP: '192.168.77.200', gateway: 'n2', pods: [moved] },
    ];
    const world = stepsTo(emptyWorld(node.ip), there).reduce(applyOperation, emptyWorld(node.ip));
    const routeless = {
      ...world,
      state: { ...world.state, routing: { ...world.state.routing, routes: [] } },
    };
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

function stepsTo({ state }: World, groups: readonly GroupSketch[]): readonly Operation[] {
  const input = {
    groups: groups.map(egressGroup),
    network,
    node,
    marks: defaultMarks,
    tunnelUdpPort: DEFAULT_TUNNEL_UDP_PORT,
    actual: state,
  };
  return diffDataplane(state, planDataplane(input).desired, defaultMarks);
}

function start(): World {
  return runPlan(
    stepsTo(emptyWorld(node.ip), before).reduce(applyOperation, emptyWorld(node.ip)),
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
