import type { IpFamily } from '@sallyport/api';

/** A mark and the bits of the packet mark that it replaces or is compared with. */
export interface MaskedMark {
  readonly mark: number;
  readonly mask: number;
}

/** `ip rule` or `ip -6 rule`: packets with `mark/mask` look up `table`. */
export interface PolicyRule extends MaskedMark {
  readonly family: IpFamily;
  readonly priority: number;
  readonly table: number;
  /**
   * Only for lookups with this input device. The check of a forwarded packet's source has the
   * output device there (fib_validate_source in the kernel's net/ipv4).
   */
  readonly iif?: string;
}

/**
 * A route in a table of ours: the default route into egress-gw0 (onlink), or a `throw` for
 * destinations that are never redirected. `destination` always has its prefix length; its family is
 * that of the route.
 */
export type PolicyRoute =
  | { readonly table: number; readonly kind: 'throw'; readonly destination: string }
  | {
      readonly table: number;
      readonly kind: 'gateway';
      readonly destination: '0.0.0.0/0' | '::/0';
      readonly via: string;
    };

/** The internal port egress-gw0 as the kernel has it. */
export interface GatewayLink {
  readonly up: boolean;
  readonly mtu: number;
  readonly mac: string;
  /**
   * The IPv4 addresses with prefix length, sorted. Without any, the kernel's loose reverse path
   * check drops every packet that comes in.
   */
  readonly addresses: readonly string[];
  /** net.ipv4.conf.egress-gw0.rp_filter */
  readonly rpFilter: number;
  /** net.ipv4.conf.egress-gw0.src_valid_mark: the check of a source looks at the packet mark. */
  readonly srcValidMark: number;
  /** Whether the device takes IPv6 packets: net.ipv6.conf.egress-gw0.disable_ipv6 is 0. */
  readonly takesIPv6: boolean;
  /** The static neighbour entries of both families: IP → MAC. */
  readonly neighbors: ReadonlyMap<string, string>;
}

/**
 * `ip rule add from <CIDR> lookup <table>` of other software, without another condition, and before
 * the main table.
 */
export interface SourceRule {
  readonly family: IpFamily;
  readonly priority: number;
  readonly from: string;
  readonly table: number;
}

/** Our part of the Node's routing: the same type observed and desired. */
export interface RoutingState {
  /** Absent when the device does not exist. */
  readonly gatewayLink?: GatewayLink;
  readonly rules: readonly PolicyRule[];
  readonly routes: readonly PolicyRoute[];
  /**
   * net.ipv4.conf.<device>.rp_filter, as it takes effect, of devices with an address that other
   * software routes by a rule for its source. Desired: of those that must not be strict.
   */
  readonly sourceChecks: ReadonlyMap<string, number>;
}

/** The routing as it is read back. */
export interface ObservedRouting extends RoutingState {
  readonly sourceRules: readonly SourceRule[];
}
