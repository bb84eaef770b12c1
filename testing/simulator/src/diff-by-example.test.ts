import {
  defaultMarks,
  diffSteps,
  FORWARD_CHAIN,
  operationsOf,
  planDataplane,
} from '@sallyport/dataplane';
import type { GroupSketch } from '@sallyport/dataplane/testing';
import { network, node } from '@sallyport/dataplane/testing';
import { applyOperation } from './apply-operation.ts';
import { operationsFor, realized } from './plan.ts';
import type { Operation, World } from './world.ts';
import { emptyWorld, observe } from './world.ts';

const pod = '10.244.1.11';
const here = { name: 'a', tunnelID: 7, egressIP: '192.168.77.200', gateway: 'n1', pods: [pod] };
const there = { ...here, gateway: 'n2' };

describe('diffSteps, by example', () => {
  it('changes one group, and nothing else, when an egress IP moves to another Node', () => {
    const world = realized([there]);
    const steps = operationsFor(world, [{ ...there, gateway: 'n3' }]);
    expect(steps).toMatchObject([
      {
        op: 'ovs-bundle',
        changes: [
          {
            op: 'modify-group',
            group: { id: 7, buckets: [expect.stringContaining('192.168.77.13->tun_dst')] },
          },
        ],
      },
    ]);
  });

  it.each([
    ['to its own Node', there, here],
    ['from its own Node', here, there],
  ])('blocks a Pod for a moment when its egress IP moves %s: its path changes', (_, from, to) => {
    const world = realized([from]);
    const paths = operationsFor(world, [to])
      .flatMap((operation) => (operation.op === 'update-sets' ? operation.changes : []))
      .map((change) => (change.op === 'set-path' ? change.path.kind : change.op));
    expect(paths).toEqual(['blocked', to === here ? 'translated' : 'redirected']);
  });

  it('does not block a Pod that joins another Egress, when the gateways of both are other Nodes', () => {
    const world = realized([there]);
    const other = { ...there, name: 'b', tunnelID: 8, egressIP: '192.168.77.201', gateway: 'n3' };
    const steps = operationsFor(world, [other]);
    expect(steps.map(({ op }) => op)).toEqual(['ovs-bundle', 'ovs-bundle']);
  });

  it('only touches the sets when a Pod joins an Egress of this Node', () => {
    const world = realized([here]);
    const steps = operationsFor(world, [{ ...here, pods: [pod, '10.244.1.12'] }]);
    expect(steps).toEqual([
      {
        op: 'update-sets',
        changes: [{ op: 'set-path', ip: '10.244.1.12', path: { kind: 'blocked' } }],
      },
      {
        op: 'delete-connections',
        connections: [
          expect.objectContaining({ kind: 'pod', ip: '10.244.1.12', keep: '192.168.77.200' }),
        ],
      },
      {
        op: 'update-sets',
        changes: [
          {
            op: 'set-path',
            ip: '10.244.1.12',
            path: { kind: 'translated', snatId: 1, egressIP: '192.168.77.200' },
          },
        ],
      },
    ]);
  });

  it('blocks a Pod whose Egress has lost its gateway, and changes its path no more', () => {
    const world = realized([here]);
    const lost: GroupSketch = { name: 'a', tunnelID: 7, egressIP: '192.168.77.200', pods: [pod] };
    const steps = operationsFor(world, [lost]);
    expect(steps.filter(({ op }) => op === 'update-sets')).toEqual([
      {
        op: 'update-sets',
        changes: [{ op: 'set-path', ip: pod, path: { kind: 'blocked' } }],
      },
    ]);
  });

  it('removes rules of other software from our chains; other chains are not in the state', () => {
    const world = realized([here]);
    const chains = world.rules.chains.map((chain) =>
      chain.table === 'filter' ? { ...chain, rules: ['-j DROP', ...chain.rules] } : chain,
    );
    const steps = operationsFor({ ...world, rules: { ...world.rules, chains } }, [here]);
    // The other rule moves behind ours, and is removed when no packet relies on it.
    expect(steps.map(({ op }) => op)).toEqual(['iptables-restore', 'iptables-restore']);
    expect(JSON.stringify(steps[1])).not.toContain('-j DROP"],"name":"' + FORWARD_CHAIN);
  });

  it('replaces a tunnel port whose UDP port changes', () => {
    const before = operationsOn(6081, emptyWorld(node.ip)).reduce(
      applyOperation,
      emptyWorld(node.ip),
    );
    const [tunnel, gateway] = before.ovs.bridge!.ports;
    expect(tunnel).toMatchObject({ name: 'egress-tun0', options: { dst_port: '6081' } });
    const options = { ...tunnel!.options, dst_port: '6082' };
    const restore = expect.objectContaining({ op: 'iptables-restore' }) as Operation;
    expect(operationsOn(6082, before)).toEqual([
      restore,
      { op: 'delete-port', name: 'egress-tun0' },
      { op: 'ensure-bridge', ports: [{ ...tunnel, options }, gateway] },
      restore,
    ]);
  });
});

function operationsOn(tunnelUdpPort: number, world: World): readonly Operation[] {
  const { desired } = planDataplane({
    groups: [],
    network,
    node,
    marks: defaultMarks,
    tunnelUdpPort,
    snatIdsInUse: new Map(),
  });
  return operationsOf(diffSteps(observe(world), desired));
}
