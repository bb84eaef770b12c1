import type { EgressPath } from './egress-path.ts';
import type { PolicyRoute, PolicyRule } from './routing-state.ts';

/**
 * A change of the three sets: the egress paths of the Pods, the cluster-internal destinations, the
 * addresses of the other Nodes.
 */
export type SetChange =
  | { readonly op: 'create-paths' | 'create-internal' | 'create-nodes' }
  | { readonly op: 'set-path'; readonly ip: string; readonly path: EgressPath }
  | { readonly op: 'delete-path'; readonly ip: string }
  | { readonly op: 'add-internal' | 'delete-internal'; readonly cidr: string }
  | { readonly op: 'add-node' | 'delete-node'; readonly ip: string };

/**
 * Selects the connections whose conntrack entries are deleted, so that their next packet is
 * translated anew. The *translated source* of a connection is the destination of its reply tuple.
 * Entries of every conntrack zone count.
 */
export type ConnectionSelector =
  /**
   * Connections that a Pod opened (original source `ip`) to destinations outside `internal` and,
   * where it is given, within `within`. The destination counts after Service DNAT (source of the
   * reply tuple). Connections whose translated source is `keep` are right already and stay.
   */
  | {
      readonly kind: 'pod';
      readonly ip: string;
      readonly internal: readonly string[];
      readonly within?: readonly string[];
      readonly keep?: string;
    }
  /**
   * Connections of other Nodes' Pods that came with a SNAT id; those whose translated source is
   * `keep` stay.
   */
  | { readonly kind: 'snat-id'; readonly snatId: number; readonly keep?: string };

/** Applied change by change, in order. */
export interface UpdateSets {
  readonly op: 'update-sets';
  readonly changes: readonly SetChange[];
}

/** Deletes the conntrack entries that any of the selectors matches. */
export interface DeleteConnections {
  readonly op: 'delete-connections';
  readonly connections: readonly ConnectionSelector[];
}

/** One change of our routing, or of egress-gw0. */
export type RoutingOperation =
  /**
   * Brings egress-gw0 up with exactly these addresses, this MTU and these sysctls. It takes IPv6
   * packets if it shall; otherwise that stays as it is.
   */
  | {
      readonly op: 'set-gateway-link';
      readonly addresses: readonly string[];
      readonly mtu: number;
      readonly rpFilter: number;
      readonly srcValidMark: number;
      readonly takesIPv6: boolean;
    }
  /** Sets net.ipv4.conf.<device>.rp_filter of a device that is not ours. */
  | { readonly op: 'set-source-check'; readonly device: string; readonly rpFilter: number }
  | { readonly op: 'set-neighbor'; readonly ip: string; readonly mac: string }
  | { readonly op: 'add-rule' | 'delete-rule'; readonly rule: PolicyRule }
  | { readonly op: 'add-route' | 'delete-route'; readonly route: PolicyRoute };

/**
 * One operation of a plan: one that every backend understands, or one of the backend's own. They
 * are applied in order, and each is safe to apply again. An operation of several calls may stop
 * between them, and is done again as a whole.
 * @typeParam Op the operations of the backends, which make them from text of their own.
 */
export type Operation<Op> = UpdateSets | DeleteConnections | RoutingOperation | Op;
