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
