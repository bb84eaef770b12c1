import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import { tunnelIpOf } from '@sallyport/api';
import type { DataplaneState, Marks, NodeFacts, Operation, PlanFault } from '@sallyport/dataplane';
import { diffCutOff, diffDataplane, planDataplane } from '@sallyport/dataplane';
import type { InterfaceAddress } from '@sallyport/rtnetlink';
import { uplinkMtu } from '@sallyport/rtnetlink';
import type { Dataplane } from './dataplane.ts';
import { DATAPLANE_PARTS, partsChangedBy } from './dataplane.ts';

/** All that a pass decides by, besides what it reads back from the dataplane. */
export interface PassInput {
  readonly nodeName: string;
  readonly marks: Marks;
  readonly tunnelUdpPort: number;
  readonly groups: readonly EgressGroup[];
  readonly network: ClusterNetwork;
  readonly addresses: readonly InterfaceAddress[];
}

/** What has to be done, and what can't be. */
export interface PassPlan {
  readonly operations: readonly Operation[];
  readonly desired: DataplaneState;
  readonly faults: readonly PlanFault[];
}

export interface PassResult {
  /** Operations applied. */
  readonly applied: readonly Operation[];
  readonly desired: DataplaneState;
  readonly faults: readonly PlanFault[];
}

/**
 * One pass over the dataplane; tells of each operation as it has been applied. Rejects when the
 * dataplane is not as it should be.
 */
export type Pass = (
  input: PassInput,
  onApplied: (operation: Operation) => void,
) => Promise<PassResult>;

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
 * After everything was applied the dataplane is still not as planned: somebody else changes it, or
 * a tool did not do what it said.
 */
export class NotConvergedError extends Error {
  override readonly name = 'NotConvergedError';
  readonly code = 'NOT_CONVERGED';
  readonly operations: readonly Operation[];

  constructor(operations: readonly Operation[]) {
    super(
      `the dataplane is not as it was just made; these operations are left: ${JSON.stringify(operations).slice(0, 1000)}`,
    );
    this.operations = operations;
  }
}

/**
 * Reads back, plans, applies and reads back what it changed. Stops at the first operation that is
 * refused, because the later ones rely on it: they might steer packets to a rule that is not there.
 * What cannot be planned is in `faults` and stops nobody else. While Open vSwitch cannot be read,
 * Pods whose way changes are cut off and nothing else is done.
 */
export function applyingPass(dataplane: Dataplane): Pass {
  return async (input, onApplied) => {
    const apply = async (operations: readonly Operation[]): Promise<void> => {
      for (const operation of operations) {
        try {
          await dataplane.apply(operation);
        } catch (error) {
          throw new OperationError(operation, error);
        }
        onApplied(operation);
      }
    };
    const rest = await dataplane.observe(DATAPLANE_PARTS.filter((part) => part !== 'ovs'));
    let ovs: DataplaneState['ovs'];
    try {
      ({ ovs } = await dataplane.observe(['ovs']));
    } catch (error) {
      // Whom an Egress selects now must not go on leaving with the Node's address for as long as
      // Open vSwitch does not answer.
      const blind: DataplaneState = { ...rest, ovs: { flows: [], groups: [] } };
      await apply(diffCutOff(blind, planPass(input, blind).desired, input.marks));
      throw error;
    }
    const before: DataplaneState = { ...rest, ovs };
    const { operations, desired, faults } = planPass(input, before);
    await apply(operations);
    const changed = [...new Set(operations.flatMap(partsChangedBy))];
    if (changed.length > 0) {
      const after = { ...before, ...(await dataplane.observe(changed)) };
      const left = planPass(input, after).operations;
      if (left.length > 0) {
        throw new NotConvergedError(left);
      }
    }
    return { applied: operations, desired, faults };
  };
}

/** Prints what would be applied, an operation a line, and applies nothing. */
export function printingPass(
  dataplane: Pick<Dataplane, 'observe'>,
  print: (line: string) => void,
): Pass {
  return async (input) => {
    const { operations, desired, faults } = planPass(
      input,
      await dataplane.observe(DATAPLANE_PARTS),
    );
    for (const operation of operations) {
      print(JSON.stringify(operation));
    }
    return { applied: [], desired, faults };
  };
}

/**
 * What a pass would do, given what there is. Throws when the Node or the cluster is not known well
 * enough to plan at all.
 */
export function planPass(input: PassInput, actual: DataplaneState): PassPlan {
  const { groups, network, marks, tunnelUdpPort } = input;
  // With none, what Pods send to each other would count as external.
  if (network.podCIDRs.length === 0) {
    throw new Error(
      'the controller knows no Pod CIDR, as spec.podCIDRs of the Nodes is empty: start it with --pod-cidrs=<the CIDRs of your CNI>',
    );
  }
  const { desired, faults } = planDataplane({
    groups,
    network,
    node: nodeFactsFor(input),
    marks,
    tunnelUdpPort,
    actual,
  });
  return { operations: diffDataplane(actual, desired, marks), desired, faults };
}

/**
 * The InternalIP of the Node that the others tunnel to; undefined when the Node is not there or has
 * no IPv4 one.
 */
export function nodeIpOf({ nodes }: ClusterNetwork, nodeName: string): string | undefined {
  return tunnelIpOf(nodes.find(({ name }) => name === nodeName)?.ips ?? []);
}

function nodeFactsFor({ nodeName, network, addresses }: PassInput): NodeFacts {
  const ip = nodeIpOf(network, nodeName);
  if (ip === undefined) {
    throw new Error(
      `Node ${nodeName} has no IPv4 InternalIP in the cluster: check --node-name and kubectl get node -o wide`,
    );
  }
  const mtu = uplinkMtu(addresses, ip);
  if (mtu === undefined) {
    throw new Error(
      `no network device has ${ip}, the InternalIP of Node ${nodeName}: check ip address and the Node's status`,
    );
  }
  return { name: nodeName, ip, uplinkMtu: mtu };
}
