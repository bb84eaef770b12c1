import type { MaskedMark } from '@sallyport/dataplane';

/**
 * Our part of netfilter as plain data: iptables rules and ipset entries. All texts are in the
 * canonical form in which the tools print them, so that equal state is equal text.
 */
export interface NetfilterState {
  readonly sets: IpsetState;
  readonly rules: IptablesState;
}

/** The entries of our two sets. */
export interface IpsetState {
  /** The `hash:ip skbinfo` set: Pod IP → mark. Absent when the set does not exist. */
  readonly pods?: ReadonlyMap<string, MaskedMark>;
  /**
   * The `hash:net` set of cluster-internal destinations, as CIDRs: `10.0.0.1/32`, although ipset
   * prints `10.0.0.1`. Absent when the set does not exist.
   */
  readonly internal?: ReadonlySet<string>;
  /** The `hash:ip` set of the other Nodes' addresses. Absent when the set does not exist. */
  readonly nodes?: ReadonlySet<string>;
}

/** The tables of iptables that have chains of ours. */
export type IptablesTable = 'raw' | 'mangle' | 'nat' | 'filter';

/**
 * One chain of ours and its rules in order, each as `iptables-save` prints it after `-A <chain> `.
 */
export interface Chain {
  readonly table: IptablesTable;
  readonly name: string;
  readonly rules: readonly string[];
}

/** The rule in a built-in chain that jumps to a chain of ours. */
export interface Jump {
  readonly table: IptablesTable;
  readonly from: string;
  readonly to: string;
  /** True when it is the first rule of the built-in chain, and there once. */
  readonly first: boolean;
}

/** Our chains, and the jumps to them from built-in chains. */
export interface IptablesState {
  readonly chains: readonly Chain[];
  readonly jumps: readonly Jump[];
}
