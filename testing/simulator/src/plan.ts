import type { ClusterNetwork } from '@sallyport/api';
import type { Plan } from '@sallyport/dataplane';
import {
  blockingSteps,
  DEFAULT_TUNNEL_UDP_PORT,
  defaultMarks,
  diffSteps,
  operationsOf,
  planDataplane,
} from '@sallyport/dataplane';
import type { GroupSketch } from '@sallyport/dataplane/testing';
import { egressGroup, network, node } from '@sallyport/dataplane/testing';
import type { SnatBackend } from '@sallyport/netfilter';
import { applyOperation } from './apply-operation.ts';
import type { Operation, World } from './world.ts';
import { emptyWorld, observe } from './world.ts';

/** The plan for the Node as it is. */
export function planFor(
  world: World,
  groups: readonly GroupSketch[],
  to: ClusterNetwork = network,
): Plan {
  return planDataplane({
    groups: groups.map(egressGroup),
    network: to,
    node,
    marks: defaultMarks,
    tunnelUdpPort: DEFAULT_TUNNEL_UDP_PORT,
    snatIdsInUse: observe(world).netfilter.snatIds,
  });
}

/** The operations that an agent applies to the Node as it is. */
export function operationsFor(
  world: World,
  groups: readonly GroupSketch[],
  to: ClusterNetwork = network,
): readonly Operation[] {
  return operationsOf(diffSteps(observe(world), planFor(world, groups, to).desired));
}

/** The operations that an agent applies while it cannot do more than block. */
export function blockingOperationsFor(
  world: World,
  groups: readonly GroupSketch[],
): readonly Operation[] {
  return operationsOf(blockingSteps(diffSteps(observe(world), planFor(world, groups).desired)));
}

/** The Node of the tests after everything was applied, from nothing. */
export function realized(
  groups: readonly GroupSketch[],
  to: ClusterNetwork = network,
  backend: SnatBackend = 'iptables',
): World {
  const world = emptyWorld(node.ip, backend);
  return operationsFor(world, groups, to).reduce(applyOperation, world);
}
