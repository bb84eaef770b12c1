/**
 * Our part of Open vSwitch as plain data. All texts are in the canonical form in which the tools
 * print them, so that equal state is equal text.
 */

/**
 * One OpenFlow flow with our cookie. `match` and `actions` as `ovs-ofctl --no-names dump-flows`
 * prints them; `match` without priority and table, '' for every packet.
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

/** A port of our bridge, with its one Interface. */
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

/** Our bridge. Flows with the cookies of other software are left out. */
export interface OvsState {
  /** Absent when the bridge does not exist. */
  readonly bridge?: { readonly failMode: string; readonly ports: readonly OvsPort[] };
  readonly flows: readonly Flow[];
  readonly groups: readonly Group[];
}
