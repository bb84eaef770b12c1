import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import { tunnelIpOf } from '@sallyport/api';
import type {
  DesiredState,
  InterfaceAddress,
  Marks,
  NodeFacts,
  ObservedState,
  PlanFault,
  SourceRule,
  Step,
} from '@sallyport/dataplane';
import {
  blockAll,
  blockingSteps,
  diffSteps,
  operationsOf,
  planDataplane,
  stepsAfterBlocking,
  TUNNEL_OVERHEAD,
  uplinkMtu,
} from '@sallyport/dataplane';
import type { OvsState } from '@sallyport/ovs';
import { readBridge } from '@sallyport/ovs';
import type { BackendOperation, Dataplane, DataplaneState, Operation } from './dataplane.ts';
import { DATAPLANE_PARTS, partsChangedBy } from './dataplane.ts';

const NO_BRIDGE: OvsState = { flows: [], groups: [] };

/** The input of a pass, besides the dataplane as it is read back. */
export interface PassInput {
  readonly nodeName: string;
  readonly marks: Marks;
  readonly tunnelUdpPort: number;
  /** In bytes; 0 for that of the uplink less the overhead of the tunnel. */
  readonly tunnelMtu: number;
  readonly groups: readonly EgressGroup[];
  readonly network: ClusterNetwork;
  readonly addresses: readonly InterfaceAddress[];
}

/** The steps that a pass takes, and the faults that it cannot do anything about. */
export interface PassPlan {
  readonly steps: readonly Step<BackendOperation>[];
  readonly desired: DesiredState;
  readonly faults: readonly PlanFault[];
}

/** Of a pass that succeeded. Traffic that one of its faults concerns is dropped. */
export interface PassResult {
  /** Operations applied. */
  readonly applied: readonly Operation[];
  readonly desired: DesiredState;
  readonly faults: readonly PlanFault[];
  /** As in `ObservedNetfilter`, when the pass began; 0 where nothing counts. */
  readonly wrongSourcesDropped: number;
}

/**
 * One pass over the dataplane; calls `onApplied` for each operation after it was applied. Rejects
 * when the dataplane is not as desired.
 */
export type Pass = (
  input: PassInput,
  onApplied: (operation: Operation) => void,
) => Promise<PassResult>;

/** The Node or the cluster is not known well enough to plan at all. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
  readonly code = 'PLAN_IMPOSSIBLE';
}

/** One operation was refused; the ones after it were not tried. */
export class OperationError extends Error {
  override readonly name = 'OperationError';
  readonly code = 'OPERATION_FAILED';
  readonly operation: Operation;

  constructor(operation: Operation, cause: unknown) {
    super(`${operation.op}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.operation = operation;
  }
}

/**
 * After every operation was applied the dataplane is still not as desired: other software changes
 * it, or a tool did not do its work.
 */
export class NotConvergedError extends Error {
  override readonly name = 'NotConvergedError';
  readonly code = 'NOT_CONVERGED';
  readonly operations: readonly Operation[];

  constructor(operations: readonly Operation[]) {
    super(
      `the dataplane changed again right after a pass; these operations are left: ${JSON.stringify(operations).slice(0, 1000)}`,
    );
    this.operations = operations;
  }
}

/**
 * A pass reads back, plans, applies, and reads back the changed parts. It stops at the first
 * refused operation, because the later ones rely on it: they might mark packets for a missing rule.
 * A part that cannot be planned is in `faults` and stops nothing else. Pods that get another source
 * are blocked before Open vSwitch is asked: it may answer late, or not at all.
 */
export function createPass(dataplane: Dataplane): Pass {
  return async (input, onApplied) => {
    const rest = await dataplane.observe(DATAPLANE_PARTS.filter((part) => part !== 'ovs'));
    const blocking = blockingSteps(planPass(input, { ...rest, ovs: NO_BRIDGE }).steps);
    await applyAll(dataplane, operationsOf(blocking), onApplied);
    const before = { ...rest, ...(await dataplane.observe(['ovs'])) };
    const { steps, desired, faults } = planPass(input, before);
    await applyAll(dataplane, operationsOf(stepsAfterBlocking(steps)), onApplied);
    const operations = operationsOf(steps);
    const changed = [...new Set(operations.flatMap(partsChangedBy))];
    if (changed.length > 0) {
      const after = { ...before, ...(await dataplane.observe(changed)) };
      const left = operationsOf(planPass(input, after).steps);
      if (left.length > 0) {
        throw new NotConvergedError(left);
      }
    }
    return { applied: operations, desired, faults, wrongSourcesDropped: droppedIn(before) };
  };
}

/** Prints the operations, one line of JSON each, and applies none. */
export function createDryRunPass(
  dataplane: Pick<Dataplane, 'observe'>,
  print: (line: string) => void,
): Pass {
  return async (input) => {
    const state = await dataplane.observe(DATAPLANE_PARTS);
    const { steps, desired, faults } = planPass(input, state);
    for (const operation of operationsOf(steps)) {
      print(JSON.stringify(operation));
    }
    return { applied: [], desired, faults, wrongSourcesDropped: droppedIn(state) };
  };
}

/** The plan of a pass over this state. Throws {@link PlanError}. */
export function planPass(input: PassInput, state: DataplaneState): PassPlan {
  const { groups, network, marks, tunnelUdpPort } = input;
  // With none, packets between Pods would count as external.
  if (network.podCIDRs.length === 0) {
    throw new PlanError(
      'the controller knows no Pod CIDR, as spec.podCIDRs of the Nodes is empty: start it with --pod-cidrs=<the CIDRs of your CNI>',
    );
  }
  const observed: ObservedState<BackendOperation> = {
    netfilter: state.netfilter,
    bridge: readBridge(state.ovs, marks),
    routing: state.routing,
  };
  const plan = planDataplane({
    groups,
    network,
    node: nodeFactsFor(input, observed.routing.sourceRules),
    marks,
    tunnelUdpPort,
    snatIdsInUse: observed.netfilter.snatIds,
  });
  const { rival, dropsWrongSources } = observed.netfilter;
  const desired = rival === undefined || dropsWrongSources ? plan.desired : blockAll(plan.desired);
  const faults = [
    ...plan.faults,
    ...(rival === undefined ? [] : [rivalFault(rival, dropsWrongSources)]),
  ];
  return { steps: diffSteps(observed, desired), desired, faults };
}

/**
 * The InternalIP of the Node that other Nodes tunnel to; undefined when the Node is missing or has
 * no IPv4 one.
 */
export function nodeIpOf({ nodes }: ClusterNetwork, nodeName: string): string | undefined {
  return tunnelIpOf(nodes.find(({ name }) => name === nodeName)?.ips ?? []);
}

function droppedIn({ netfilter }: Pick<DataplaneState, 'netfilter'>): number {
  return netfilter.wrongSourcesDropped ?? 0;
}

function rivalFault(rival: string, dropsWrongSources: boolean): PlanFault {
  const [effect, remedy] = dropsWrongSources
    ? ['packets with a wrong source are dropped', 'Give that chain a priority above -199']
    : ['selected Pods are blocked', 'Start the agent with --snat-backend=nftables'];
  return {
    message: `${rival}, may translate connections before Sallyport; ${effect}. ${remedy}.`,
  };
}

async function applyAll(
  dataplane: Dataplane,
  operations: readonly Operation[],
  onApplied: (operation: Operation) => void,
): Promise<void> {
  for (const operation of operations) {
    try {
      await dataplane.apply(operation);
    } catch (error) {
      throw new OperationError(operation, error);
    }
    onApplied(operation);
  }
}

function nodeFactsFor(
  { nodeName, network, addresses, tunnelMtu }: PassInput,
  sourceRules: readonly SourceRule[],
): NodeFacts {
  const ip = nodeIpOf(network, nodeName);
  if (ip === undefined) {
    throw new PlanError(
      `Node ${nodeName} has no IPv4 InternalIP in the cluster: check --node-name and kubectl get node -o wide`,
    );
  }
  const mtu = uplinkMtu(addresses, ip);
  if (mtu === undefined) {
    throw new PlanError(
      `no network device has ${ip}, the InternalIP of Node ${nodeName}: check ip address and the Node's status`,
    );
  }
  return {
    ...{ name: nodeName, ip, sourceRules },
    uplinkMtu: tunnelMtu === 0 ? mtu : tunnelMtu + TUNNEL_OVERHEAD,
    devices: new Map(addresses.map((address) => [address.ip, address.device])),
  };
}
