import type { ClusterNetwork } from '@sallyport/api';
import type { GroupSketch } from '@sallyport/dataplane/testing';
import { network, node } from '@sallyport/dataplane/testing';
import type { Flow } from '@sallyport/ovs';
import fc from 'fast-check';
import { runs } from './fc-runs.ts';
import { intentForPod, intentForTunnel } from './intents.ts';
import { operationsFor, realized } from './plan.ts';
import type { Run, Subject } from './run-plan.ts';
import { runPlan } from './run-plan.ts';
import type { Operation, World } from './world.ts';

// A Node leaves the cluster: its address was internal, and the CNI translated connections to it.
// Now the address is external.

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
  it('changes only the connections to it: no Pod is blocked', () => {
    const world = start([here, there], []);
    const internal = expect.arrayContaining(['192.168.77.11/32']) as string[];
    const only = { kind: 'pod', internal, within: ['192.168.77.14/32'] };
    expect(operationsFor(world, [here, there], network)).toEqual([
      { op: 'update-sets', changes: [{ op: 'delete-internal', cidr: '192.168.77.14/32' }] },
      {
        op: 'delete-connections',
        connections: [
          { ...only, ip: localPods[0], keep: '192.168.77.200' },
          { ...only, ip: localPods[1], keep: localPods[1] },
        ],
      },
      {
        op: 'delete-route',
        route: { table: 7101, kind: 'throw', destination: '192.168.77.14/32' },
      },
      {
        op: 'ovs-bundle',
        changes: [
          {
            op: 'delete-flow',
            flow: expect.objectContaining({ actions: 'goto_table:1' }) as Flow,
          },
        ],
      },
      { op: 'update-sets', changes: [{ op: 'delete-node', ip: left }] },
    ]);
  });

  it('changes nothing when its address is still internal, as part of a larger network', () => {
    const wide = { ...network, podCIDRs: [...network.podCIDRs, '192.168.77.0/28'] };
    const world = start([here, there], []);
    const steps = operationsFor(world, [here, there], wide);
    const watched = localPods.map((source) => {
      const internally = `leaves as ${node.ip}`;
      return { source, destination: left, allowed: [internally], steady: true, final: internally };
    });
    expect(runPlan(runPlan(world, [], watched).world, steps, watched, [1]).leaks).toEqual([]);
  });

  it('never lets a packet leave with a wrong address, and disturbs no other traffic', () => {
    fc.assert(
      fc.property(groupSketches, fc.option(groupSketches, { nil: undefined }), (before, other) => {
        const after = other ?? before;
        const { leaks, world } = leave(before, after);
        expect(leaks).toEqual([]);
        expect(operationsFor(world, after, network)).toEqual([]);
      }),
      { numRuns: runs(60) },
    );
  });

  it('is finished by a restarted agent', () => {
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
            operationsFor(world, after, network).slice(0, count),
            watched,
            [1],
          );
          const run = runPlan(
            stopped.world,
            operationsFor(stopped.world, after, network),
            watched,
            [1],
          );
          expect(run.leaks).toEqual([]);
        },
      ),
      { numRuns: runs(100) },
    );
  });
});

describe('a Node that joins the cluster', () => {
  const startWithout = (groups: readonly GroupSketch[], watched: readonly Subject[]): World => {
    return runPlan(realized(groups), [], watched).world;
  };

  it('changes only the connections to it: no Pod is blocked', () => {
    const world = startWithout([here, there], []);
    const internal = expect.arrayContaining(['192.168.77.11/32']) as string[];
    const only = { kind: 'pod', internal };
    expect(operationsFor(world, [here, there], withNode)).toEqual([
      {
        op: 'update-sets',
        changes: [
          { op: 'add-internal', cidr: '192.168.77.14/32' },
          { op: 'add-node', ip: left },
        ],
      },
      {
        op: 'delete-connections',
        connections: localPods.map((ip) => ({ ...only, ip, within: ['192.168.77.14/32'] })),
      },
      { op: 'add-route', route: { table: 7101, kind: 'throw', destination: '192.168.77.14/32' } },
      {
        op: 'ovs-bundle',
        changes: [
          {
            op: 'add-flow',
            flow: expect.objectContaining({ actions: 'goto_table:1' }) as Flow,
          },
        ],
      },
    ]);
  });

  it('never lets a packet to it leave with the address of a Pod, even when the agent is interrupted', () => {
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
              operationsFor(world, after, withNode).slice(0, count),
              watched,
              [1],
            );
            expect(stopped.leaks.filter((leak) => !leak.startsWith('in the end'))).toEqual([]);
            world = stopped.world;
          }
          const run = runPlan(world, operationsFor(world, after, withNode), watched, [1]);
          expect(run.leaks).toEqual([]);
          expect(operationsFor(run.world, after, withNode)).toEqual([]);
        },
      ),
      { numRuns: runs(150) },
    );
  });

  it.each<[string, (steps: readonly Operation[]) => readonly Operation[]]>([
    ['never deleted', (steps) => steps.filter(({ op }) => op !== 'delete-connections')],
    ['deleted too early', (steps) => [steps[1]!, steps[0]!, ...steps.slice(2)]],
  ])('would leak by connections to it that are %s', (_, spoil) => {
    const watched = joinSubjects([here, there], [here, there]);
    const world = startWithout([here, there], watched);
    expect(
      runPlan(world, spoil(operationsFor(world, [here, there], withNode)), watched, [1]).leaks,
    ).not.toEqual([]);
  });
});

describe('the leak checker', () => {
  const indexOf = (steps: readonly Operation[], op: Operation['op']): number =>
    steps.findIndex((step) => step.op === op);
  const moved = { ...here, name: 'c', tunnelID: 72, egressIP: '192.168.77.202' };

  it.each<[string, readonly GroupSketch[], (steps: readonly Operation[]) => readonly Operation[]]>([
    [
      'connections to it that are never deleted',
      [here, there],
      (steps) => steps.filter(({ op }) => op !== 'delete-connections'),
    ],
    [
      'connections to it that are deleted too early',
      [here, there],
      (steps) => {
        const index = indexOf(steps, 'delete-connections');
        return steps.toSpliced(index, 1).toSpliced(0, 0, steps[index]!);
      },
    ],
    [
      'an address that becomes external before the changing Pods are blocked',
      [moved, there],
      (steps) => {
        const index = steps.findIndex((step) => JSON.stringify(step).includes('delete-internal'));
        return steps.toSpliced(index, 1).toSpliced(0, 0, steps[index]!);
      },
    ],
    [
      'Pods that are blocked although only connections to it change',
      [here, there],
      (steps) => [
        {
          op: 'update-sets',
          changes: [{ op: 'set-path', ip: localPods[0]!, path: { kind: 'blocked' } }],
        },
        ...steps,
      ],
    ],
  ])('finds a leak in a plan with %s', (_, after, spoil) => {
    expect(leave([here, there], after).leaks).toEqual([]);
    expect(leave([here, there], after, spoil).leaks).not.toEqual([]);
  });
});

/**
 * The Node with `groups` while the other Node is in the cluster, and connections through it on port
 * 1.
 */
function start(groups: readonly GroupSketch[], watched: readonly Subject[]): World {
  return runPlan(realized(groups, withNode), [], watched).world;
}

function leave(
  before: readonly GroupSketch[],
  after: readonly GroupSketch[],
  spoil: (steps: readonly Operation[]) => readonly Operation[] = (steps) => steps,
): Run {
  const watched = subjects(before, after);
  const world = start(before, watched);
  return runPlan(world, spoil(operationsFor(world, after, network)), watched, [1]);
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
      const toExternal = subject([intentForPod(before, source), intentForPod(after, source)], {
        source,
        destination: external,
      });
      const toNode = subject([`leaves as ${node.ip}`, toExternal.final], {
        source,
        destination: left,
      });
      // A Pod that gets another source is blocked, for this destination as well.
      return [toExternal, { ...toNode, steady: toNode.steady && toExternal.steady }];
    }),
    // It is no peer any more. Until its flow is removed its packets are accepted as before.
    ...tunnelIDs.map((tunnelID) => ({
      ...subject([intentForTunnel(before, tunnelID), 'dropped'], {
        source: '10.244.4.41',
        destination: external,
        tunnelID,
      }),
      allowed: [intentForTunnel(before, tunnelID), intentForTunnel(after, tunnelID)],
      tunnelSource: left,
    })),
    // The Nodes of these Pods may learn of it before this one does, which drops them meanwhile.
    ...tunnelIDs.flatMap((tunnelID) => {
      const sender = { source: '10.244.2.21', tunnelID };
      const [was, is] = [before, after].map((groups) => intentForTunnel(groups, tunnelID));
      return [
        subject([was!, is!], { ...sender, destination: external }),
        // In between it is an external destination like any other.
        {
          ...subject(['dropped', is!], { ...sender, destination: left }),
          allowed: ['dropped', was!, is!],
          steady: false,
        },
      ];
    }),
  ];
}

/**
 * The other way round: `left` is external, and open connections go there with the address of each
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
        // A Pod without an Egress, before and after, is not affected.
        steady: was === is && was === `leaves as ${node.ip}`,
        final: `leaves as ${node.ip}`,
      },
    ];
  });
}
