import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import {
  DEFAULT_TUNNEL_UDP_PORT,
  defaultMarks,
  diffSteps,
  operationsOf,
  planDataplane,
} from '@sallyport/dataplane';
import type { World } from '@sallyport/simulator';
import { applyOperation, emptyWorld, observe } from '@sallyport/simulator';

export interface PlanAndDiffInput {
  readonly groups: readonly EgressGroup[];
  readonly network: ClusterNetwork;
  readonly nodeName: string;
  readonly nodeIP: string;
  /** The Node as it is; one with nothing of ours by default. */
  readonly world?: World;
}

export interface PlanAndDiffResult {
  /** Reading the observed state, and planning. */
  readonly planMs: number;
  /** Rendering the desired state, and comparing. */
  readonly diffMs: number;
  readonly operations: number;
  /** The Node once all is applied. */
  readonly realize: () => World;
}

/** The computations of one pass of an agent. */
export function planAndDiff(input: PlanAndDiffInput): PlanAndDiffResult {
  const { groups, network, nodeName, nodeIP, world = emptyWorld(nodeIP) } = input;
  const startedAt = cpuMs();
  const observed = observe(world);
  const { desired } = planDataplane({
    groups,
    network,
    node: {
      ...{ name: nodeName, ip: nodeIP, uplinkMtu: 1500 },
      ...{ devices: new Map(), sourceRules: [] },
    },
    marks: defaultMarks,
    tunnelUdpPort: DEFAULT_TUNNEL_UDP_PORT,
    snatIdsInUse: observed.netfilter.snatIds,
  });
  const plannedAt = cpuMs();
  const operations = operationsOf(diffSteps(observed, desired));
  return {
    planMs: plannedAt - startedAt,
    diffMs: cpuMs() - plannedAt,
    operations: operations.length,
    realize: () => operations.reduce(applyOperation, world),
  };
}

/** CPU time of this process in milliseconds: other programs on the machine do not count. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
