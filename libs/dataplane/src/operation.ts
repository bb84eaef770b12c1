import type { Chain, Flow, Group, MaskedMark, OvsPort, PolicyRoute, PolicyRule } from './state.ts';

/** A change of one OVS bundle (ovs-ofctl(8), "bundle"): applied all or none. */
export type OvsChange =
  | { readonly change: 'add-flow' | 'delete-flow'; readonly flow: Flow }
  | { readonly change: 'add-group' | 'modify-group' | 'delete-group'; readonly group: Group };

/** A line of one `ipset restore`. */
export type IpsetChange =
  | { readonly change: 'create-pods' | 'create-skip' }
  | { readonly change: 'set-pod'; readonly ip: string; readonly mark: MaskedMark }
  | { readonly change: 'delete-pod'; readonly ip: string }
  | { readonly change: 'add-skip' | 'delete-skip'; readonly cidr: string };

/**
 * Which connections lose their conntrack entry, so that their next packet is translated anew. The
 * *translated source* of a connection is the destination of its reply tuple. Entries of every
 * conntrack zone count.
 */
export type ForgetConnections =
  /**
   * Connections that a Pod opened (original source `ip`) to destinations outside `skip` and, where
   * it is given, within `within`, looked at after Service DNAT (source of the reply tuple); but not
   * those whose translated source is `keep`, as they are right already.
   */
  | {
      readonly of: 'pod';
      readonly ip: string;
      readonly skip: readonly string[];
      readonly within?: readonly string[];
      readonly keep?: string;
    }
  /**
   * Connections whose original direction is in `zone` (zone-orig), but not those whose translated
   * source is `keep`.
   */
  | { readonly of: 'zone'; readonly zone: number; readonly keep?: string };

/**
 * One step of a plan. Steps are applied in order, and each is safe to apply again. `ovs-bundle` is
 * all or none; `iptables-restore` is so table by table, in an order in which a packet is never
 * steered to a rule that is not there yet; `ipset-restore` is applied line by line. A step of
 * several calls (`ensure-bridge`, `set-gateway-link`, `forget-connections`) may stop between them,
 * and is done again as a whole.
 */
export type Operation =
  | { readonly op: 'delete-port'; readonly name: string }
  | { readonly op: 'ensure-bridge'; readonly ports: readonly OvsPort[] }
  | { readonly op: 'ovs-bundle'; readonly changes: readonly OvsChange[] }
  | { readonly op: 'ipset-restore'; readonly changes: readonly IpsetChange[] }
  /**
   * The whole content of our chains in every table, with the jumps to them first in the built-in
   * chains.
   */
  | {
      readonly op: 'iptables-restore';
      readonly chains: readonly Chain[];
      readonly jumps: readonly {
        readonly table: Chain['table'];
        readonly from: string;
        readonly to: string;
      }[];
    }
  /** Brings egress-gw0 up with exactly these addresses, this MTU and this rp_filter. */
  | {
      readonly op: 'set-gateway-link';
      readonly addresses: readonly string[];
      readonly mtu: number;
      readonly rpFilter: number;
    }
  | { readonly op: 'set-neighbor'; readonly ip: string; readonly mac: string }
  | { readonly op: 'add-rule' | 'delete-rule'; readonly rule: PolicyRule }
  | { readonly op: 'add-route' | 'delete-route'; readonly route: PolicyRoute }
  | { readonly op: 'forget-connections'; readonly connections: readonly ForgetConnections[] };
