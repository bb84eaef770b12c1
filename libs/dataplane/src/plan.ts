import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import type { DesiredState } from './desired-state.ts';
import type { Marks } from './marks.ts';
import type { SourceRule } from './routing-state.ts';

/** Everything that a plan depends on. Equal input gives an equal plan. */
export interface PlanInput {
  /** The controller's view for this Node. */
  readonly groups: readonly EgressGroup[];
  readonly network: ClusterNetwork;
  readonly node: NodeFacts;
  readonly marks: Marks;
  /** The same on every Node. */
  readonly tunnelUdpPort: number;
  /** The egress IP of each SNAT id that a rule has now, so that a restart changes no id. */
  readonly snatIdsInUse: ReadonlyMap<number, string>;
}

/** The Node that a plan is for. */
export interface NodeFacts {
  readonly name: string;
  /** The address that other Nodes tunnel to. */
  readonly ip: string;
  /** MTU in bytes of the device that the packets of the tunnel leave by. */
  readonly uplinkMtu: number;
  /** The device of each address. */
  readonly devices: ReadonlyMap<string, string>;
  /** The rules of other software that route by the source. */
  readonly sourceRules: readonly SourceRule[];
}

/** There is always a plan; `faults` are the parts of the input that it cannot realize. */
export interface Plan {
  readonly desired: DesiredState;
  readonly faults: readonly PlanFault[];
}

/**
 * Part of the EgressGroups or the ClusterNetwork that this Node cannot realize. The affected
 * traffic is dropped, never sent with a wrong source address.
 */
export interface PlanFault {
  /** The affected Egress, if it is one. */
  readonly egress?: string;
  /** The fault and its remedy, in a sentence. */
  readonly message: string;
}
