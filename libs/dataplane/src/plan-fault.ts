/**
 * Something the Node was told that cannot be done; what it concerns is dropped, never sent from a
 * wrong address.
 */
export interface PlanFault {
  /** The Egress it concerns, if it is one. */
  readonly egress?: string;
  /** What is wrong and what to do, in a sentence. */
  readonly message: string;
}
