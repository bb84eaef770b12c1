import type { ClusterNetwork } from '@sallyport/api';
import fc from 'fast-check';
import { DEFAULT_TUNNEL_UDP_PORT } from './constants.ts';
import { diffDataplane } from './diff-dataplane.ts';
import { defaultMarks } from './marks.ts';
import type { Operation } from './operation.ts';
import { planDataplane } from './plan-dataplane.ts';
import type { Flow } from './state.ts';
import type { Run, Subject, World } from './testing/index.ts';
import { applyOperation, emptyWorld, runPlan } from './testing/index.ts';
import type { GroupSketch } from './testing/scenario.ts';
import { egressGroup, intentForPod, intentForTunnel, network, node } from './testing/scenario.ts';

// A Node leaves the cluster: its address was inside, and connections to it were the CNI's. Now it
// is outside.

const localPods = ['10.244.1.11', '10.244.1.12'];
const tunnelIDs = [70, 71];
const left = '192.168.77.14';
const external = '203.0.113.10';
const withNode: ClusterNetwork = {
  ...network,
  nodes: [...network.nodes, { name: 'n4', ips: [left] }],
};

const here: GroupSketch = {
  name: 'a',
  tunnelID: 70,
  egressIP: '192.168.77.200',
  gateway: 'n1',
  pods: [localPods[0]!],
};
const there: GroupSketch = {
  name: 'b',
  tunnelID: 71,
  egressIP: '192.168.77.201',
  gateway: 'n2',
  pods: [localPods[1]!],
};

/** Two Egresses, of which each may be missing, with any of the Pods and any gateway. */
const groupSketches: fc.Arbitrary<readonly GroupSketch[]> = fc
  .tuple(
    ...tunnelIDs.map((tunnelID) =>
      fc.option(
        fc.record(
          {
            name: fc.constant(`e${tunnelID}`),
            tunnelID: fc.constant(tunnelID),
            egressIP: fc.constantFrom('192.168.77.200', '192.168.77.201'),
            gateway: fc.constantFrom('n1', 'n2', 'n3'),
            pods: fc.subarray(localPods),
          },
          { requiredKeys: ['name', 'tunnelID', 'egressIP', 'pods'] },
        ),
        { nil: undefined },
      ),
    ),
  )
  .map((groups) => groups.filter((group) => group !== undefined));

describe('a Node that leaves the cluster', () => {
  it('concerns nothing but the connections to it: no Pod is cut off', () => {
    const world = start([here, there], []);
    const skip = expect.arrayContaining(['192.168.77.11/32']) as string[];
    const only = { of: 'pod', skip, within: ['192.168.77.14/32'] };
    expect(stepsTo(world, [here, there], network)).toEqual([
      { op: 'ipset-restore', changes: [{ change: 'delete-skip', cidr: '192.168.77.14/32' }] },
      {
        op: 'forget-connections',
        connections: [
          { ...only, ip: localPods[0], keep: '192.168.77.200' },
          { ...only, ip: localPods[1], keep: localPods[1] },
        ],
      },
      {
        op: 'delete-route',
        route: { table: 7101, type: 'throw', destination: '192.168.77.14/32' },
      },
      {
        op: 'ovs-bundle',
        changes: [
          {
            change: 'delete-flow',
            flow: expect.objectContaining({ actions: 'goto_table:1' }) as Flow,
          },
        ],
      },
    ]);
  });

  it('changes nothing when its address is still inside, as part of a larger network', () => {
    const wide = { ...network, podCIDRs: [...network.podCIDRs, '192.168.77.0/28'] };
    const world = start([here, there], []);
    const steps = stepsTo(world, [here, there], wide);
    const watched = localPods.map((source) => {
      const inside = `leaves as ${node.ip}`;
      return { source, destination: left, allowed: [inside], steady: true, final: inside };
    });
    expect(runPlan(runPlan(world, [], watched).world, steps, watched, [1]).leaks).toEqual([]);
  });

  it('never lets a packet leave with a wrong address, and disturbs nobody whom it does not concern', () => {
    fc.assert(
      fc.property(groupSketches, fc.option(groupSketches, { nil: undefined }), (before, other) => {
        const after = other ?? before;
        const { leaks, world } = leave(before, after);
        expect(leaks).toEqual([]);
        expect(stepsTo(world, after, network)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('is carried on with by an agent that was stopped over it', () => {
    fc.assert(
      fc.property(
        groupSketches,
        fc.option(groupSketches, { nil: undefined }),
        fc.nat(12),
        (before, other, count) => {
          const after = other ?? before;
          const watched = subjects(before, after).map((subject) => ({ ...subject, steady: false }));
          const world = start(before, watched);
          const stopped = runPlan(
            world,
            stepsTo(world, after, network).slice(0, count),
            watched,
            [1],
          );
          const run = runPlan(stopped.world, stepsTo(stopped.world, after, network), watched, [1]);
          expect(run.leaks).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('a Node that joins the cluster', () => {
  const startWithout = (groups: readonly GroupSketch[], watched: readonly Subject[]): World => {
    const world = stepsTo(emptyWorld(node.ip), groups, network).reduce(
      applyOperation,
      emptyWorld(node.ip),
    );
    return runPlan(world, [], watched).world;
  };

  it('concerns nothing but the connections to it: no Pod is cut off', () => {
    const world = startWithout([here, there], []);
    const only = { of: 'pod', skip: expect.arrayContaining(['192.168.77.11/32']) as string[] };
    expect(stepsTo(world, [here, there], withNode)).toEqual([
      { op: 'ipset-restore', changes: [{ change: 'add-skip', cidr: '192.168.77.14/32' }] },
      {
        op: 'forget-connections',
        connections: localPods.map((ip) => ({ ...only, ip, within: ['192.168.77.14/32'] })),
      },
      { op: 'add-route', route: { table: 7101, type: 'throw', destination: '192.168.77.14/32' } },
      {
        op: 'ovs-bundle',
        changes: [
          {
            change: 'add-flow',
            flow: expect.objectContaining({ actions: 'goto_table:1' }) as Flow,
          },
        ],
      },
    ]);
  });

  it('never lets a packet to it leave with the address of a Pod, also when an agent is stopped over it', () => {
    fc.assert(
      fc.property(
        groupSketches,
        fc.option(groupSketches, { nil: undefined }),
        fc.option(fc.nat(8), { nil: undefined }),
        (before, other, count) => {
          const after = other ?? before;
          const watched = joinSubjects(before, after).map((subject) =>
            count === undefined ? subject : { ...subject, steady: false },
          );
          let world = startWithout(before, watched);
          if (count !== undefined) {
            const stopped = runPlan(
              world,
              stepsTo(world, after, withNode).slice(0, count),
              watched,
              [1],
            );
            expect(stopped.leaks.filter((leak) => !leak.startsWith('in the end'))).toEqual([]);
            world = stopped.world;
          }
          const run = runPlan(world, stepsTo(world, after, withNode), watched, [1]);
          expect(run.leaks).toEqual([]);
          expect(stepsTo(run.world, after, withNode)).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each<[string, (steps: readonly Operation[]) => readonly Operation[]]>([
    ['never forgotten', (steps) => steps.filter(({ op }) => op !== 'forget-connections')],
    ['forgotten too early', (steps) => [steps[1]!, steps[0]!, ...steps.slice(2)]],
  ])('would leak by connections to it that are %s', (_, spoil) => {
    const watched = joinSubjects([here, there], [here, there]);
    const world = startWithout([here, there], watched);
    expect(
      runPlan(world, spoil(stepsTo(world, [here, there], withNode)), watched, [1]).leaks,
    ).not.toEqual([]);
  });
});

describe('the leak checker', () => {
  const indexOf = (steps: readonly Operation[], op: Operation['op']): number =>
    steps.findIndex((step) => step.op === op);
  const moved = { ...here, name: 'c', tunnelID: 72, egressIP: '192.168.77.202' };

  it.each<[string, readonly GroupSketch[], (steps: readonly Operation[]) => readonly Operation[]]>([
    [
      'connections to it that nobody forgets',
      [here, there],
      (steps) => steps.filter(({ op }) => op !== 'forget-connections'),
    ],
    [
      'connections to it that are forgotten too early',
      [here, there],
      (steps) => {
        const index = indexOf(steps, 'forget-connections');
        return steps.toSpliced(index, 1).toSpliced(0, 0, steps[index]!);
      },
    ],
    [
      'an address that becomes external before the Pods that change are cut off',
      [moved, there],
      (steps) => {
        const index = steps.findIndex((step) => JSON.stringify(step).includes('delete-skip'));
        return steps.toSpliced(index, 1).toSpliced(0, 0, steps[index]!);
      },
    ],
    [
      'Pods that are cut off although only connections to it change',
      [here, there],
      (steps) => [
        {
          op: 'ipset-restore',
          changes: [{ change: 'set-pod', ip: localPods[0]!, mark: { mark: 0x400, mask: 0x1cff } }],
        },
        ...steps,
      ],
    ],
  ])('complains of %s', (_, after, spoil) => {
    expect(leave([here, there], after).leaks).toEqual([]);
    expect(leave([here, there], after, spoil).leaks).not.toEqual([]);
  });
});

/**
 * The Node with `groups` while the other Node is in the cluster, and connections through it on port
 * 1.
 */
function start(groups: readonly GroupSketch[], watched: readonly Subject[]): World {
  const world = stepsTo(emptyWorld(node.ip), groups, withNode).reduce(
    applyOperation,
    emptyWorld(node.ip),
  );
  return runPlan(world, [], watched).world;
}

function stepsTo(
  { state }: World,
  groups: readonly GroupSketch[],
  to: ClusterNetwork,
): readonly Operation[] {
  const input = {
    groups: groups.map(egressGroup),
    network: to,
    node,
    marks: defaultMarks,
    tunnelUdpPort: DEFAULT_TUNNEL_UDP_PORT,
    actual: state,
  };
  return diffDataplane(state, planDataplane(input).desired, defaultMarks);
}

function leave(
  before: readonly GroupSketch[],
  after: readonly GroupSketch[],
  spoil: (steps: readonly Operation[]) => readonly Operation[] = (steps) => steps,
): Run {
  const watched = subjects(before, after);
  const world = start(before, watched);
  return runPlan(world, spoil(stepsTo(world, after, network)), watched, [1]);
}

function subjects(
  before: readonly GroupSketch[],
  after: readonly GroupSketch[],
): readonly Subject[] {
  const subject = (
    intents: readonly [string, string],
    rest: Pick<Subject, 'source' | 'destination' | 'tunnelID'>,
  ) => ({
    ...rest,
    allowed: intents,
    steady: intents[0] === intents[1],
    final: intents[1],
  });
  return [
    ...localPods.flatMap((source) => {
      const outside = subject([intentForPod(before, source), intentForPod(after, source)], {
        source,
        destination: external,
      });
      const toNode = subject([`leaves as ${node.ip}`, outside.final], {
        source,
        destination: left,
      });
      // A Pod that changes its way is cut off, from there as well.
      return [outside, { ...toNode, steady: toNode.steady && outside.steady }];
    }),
    // It is no peer any more. Until its flow is removed its packets are taken as before.
    ...tunnelIDs.map((tunnelID) => ({
      ...subject([intentForTunnel(before, tunnelID), 'dropped'], {
        source: '10.244.4.41',
        destination: external,
        tunnelID,
      }),
      allowed: [intentForTunnel(before, tunnelID), intentForTunnel(after, tunnelID)],
      tunnelSource: left,
    })),
    // The Nodes of these Pods may have heard of it before this one has.
    ...tunnelIDs.flatMap((tunnelID) =>
      [left, external].map((destination) =>
        subject([intentForTunnel(before, tunnelID), intentForTunnel(after, tunnelID)], {
          source: '10.244.2.21',
          tunnelID,
          destination,
        }),
      ),
    ),
  ];
}

/**
 * The other way round: `left` is outside, and open connections go there with the address of each
 * Egress, when its Node joins.
 */
function joinSubjects(
  before: readonly GroupSketch[],
  after: readonly GroupSketch[],
): readonly Subject[] {
  return localPods.flatMap((source) => {
    const [was, is] = [intentForPod(before, source), intentForPod(after, source)];
    return [
      { source, destination: external, allowed: [was, is], steady: was === is, final: is },
      {
        source,
        destination: left,
        allowed: [was, `leaves as ${node.ip}`],
        // A Pod without an Egress, before and after, is not concerned.
        steady: was === is && was === `leaves as ${node.ip}`,
        final: `leaves as ${node.ip}`,
      },
    ];
  });
}
