import type { ClusterNetwork, Egress, EgressStatus, Fault } from '@sallyport/api';
import type { EgressTally } from '@sallyport/grouping';
import type { Placement } from '@sallyport/placement';
import type { NodeProgress } from './node-progress.ts';

/** The facts from which the status of one Egress is planned. */
export interface StatusInput {
  readonly egress: Egress;
  /** The Pods that it selects. */
  readonly tally: EgressTally;
  readonly faults: readonly Fault[];
  readonly placement: Placement;
  readonly network: Pick<ClusterNetwork, 'podCIDRs' | 'serviceCIDRs'>;
  /** Of the gateway, the Nodes with members, and the Nodes with a pending removal. */
  readonly progress: readonly NodeProgress[];
  /** The present status. */
  readonly previous: EgressStatus;
  readonly now: Date;
}
