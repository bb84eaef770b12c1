/**
 * The state of one Node that Sallyport owns, as plain data: what `observe` of @sallyport/ovs,
 * @sallyport/netfilter and
 * @sallyport/rtnetlink read back, and what `planDataplane` wants. All texts are in the canonical
 * form in which the tools print them, so that equal state is equal text.
 */

/**
 * One OpenFlow flow with our cookie. `match` and `actions` as `ovs-ofctl --no-names dump-flows`
 * prints them; `match` without priority and table, '' for "everything".
 */
export interface Flow {
  readonly table: number;
  readonly priority: number;
  readonly match: string;
  readonly actions: string;
}

/** One OpenFlow group. `buckets` as `ovs-ofctl dump-groups` prints them after `bucket=`. */
export interface Group {
  readonly id: number;
  readonly type: 'indirect';
  readonly buckets: readonly string[];
}

export interface OvsPort {
  readonly name: string;
  readonly type: 'internal' | 'geneve';
  /** The OpenFlow port number, requested and verified. */
  readonly ofport: number;
  /** The `options` column of the Interface table. */
  readonly options: Readonly<Record<string, string>>;
  /** The MAC address requested for an internal port. */
  readonly mac?: string;
}

export interface OvsState {
  /** Absent when the bridge does not exist. */
  readonly bridge?: { readonly failMode: string; readonly ports: readonly OvsPort[] };
  readonly flows: readonly Flow[];
  readonly groups: readonly Group[];
}

/** A mark and the bits of the packet mark that it replaces. */
export interface MaskedMark {
  readonly mark: number;
  readonly mask: number;
}

export interface IpsetState {
  /** The `hash:ip skbinfo` set: Pod IP → mark. Absent when the set does not exist. */
  readonly pods?: ReadonlyMap<string, MaskedMark>;
  /**
   * The `hash:net` set of destinations inside the cluster, as CIDRs: `10.0.0.1/32`, although ipset
   * prints `10.0.0.1`. Absent when the set does not exist.
   */
  readonly skip?: ReadonlySet<string>;
}

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

export interface IptablesState {
  readonly chains: readonly Chain[];
  readonly jumps: readonly Jump[];
}

/** `ip rule`: packets with `mark/mask` look up `table`. */
export interface PolicyRule extends MaskedMark {
  readonly priority: number;
  readonly table: number;
}

/**
 * A route in a table of ours: the default route into egress-gw0 (onlink), or a `throw` for what
 * must not be redirected. `destination` always has its prefix length.
 */
export type PolicyRoute =
  | { readonly table: number; readonly type: 'throw'; readonly destination: string }
  | {
      readonly table: number;
      readonly type: 'gateway';
      readonly destination: '0.0.0.0/0';
      readonly via: string;
    };

/** The internal port egress-gw0 as the kernel has it. */
export interface GatewayLink {
  readonly up: boolean;
  readonly mtu: number;
  readonly mac: string;
  /**
   * The IPv4 addresses with prefix length, sorted. Without any, the kernel's loose reverse path
   * check drops all that comes in.
   */
  readonly addresses: readonly string[];
  /** net.ipv4.conf.egress-gw0.rp_filter */
  readonly rpFilter: number;
  /** The static neighbour entries: IP → MAC. */
  readonly neighbors: ReadonlyMap<string, string>;
}

export interface RoutingState {
  /** Absent when the device does not exist. */
  readonly gatewayLink?: GatewayLink;
  readonly rules: readonly PolicyRule[];
  readonly routes: readonly PolicyRoute[];
}

/** Everything of ours on one Node. */
export interface DataplaneState {
  readonly ovs: OvsState;
  readonly ipsets: IpsetState;
  readonly iptables: IptablesState;
  readonly routing: RoutingState;
}
