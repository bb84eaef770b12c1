/** What is ours in netfilter, by name. */
export interface NetfilterNames {
  /** The set of steered Pods, `hash:ip` with skbinfo. */
  readonly podSet: string;
  /** The set of destinations inside the cluster, `hash:net`. */
  readonly skipSet: string;
  /** Every chain with a name that begins so is ours, in every table. */
  readonly chainPrefix: string;
}
