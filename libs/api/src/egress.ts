import type { AppliedTo, Bandwidth, UnavailablePolicy } from './egress-resource.ts';
import type { IpFamily } from './ip.ts';
import { ipFamilies, ipFamily } from './ip.ts';

/**
 * An Egress inside the controller: checked, and with every default filled in; see `egressFor`.
 */
export interface Egress {
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
  readonly appliedTo: AppliedTo;
  /** Canonical, one for each family at most, IPv4 first; empty when it has none (yet). */
  readonly egressIPs: readonly string[];
  /** The names of its pools; empty when it has none. */
  readonly externalIPPools: readonly string[];
  readonly bandwidth?: Bandwidth;
  readonly unavailable: UnavailablePolicy;
}

/**
 * The families whose traffic an Egress applies to: those of its addresses, or both while it has
 * none, so that nothing leaks.
 */
export function familiesOf({ egressIPs }: Egress): readonly IpFamily[] {
  return egressIPs.length === 0
    ? ipFamilies
    : ipFamilies.filter((family) => egressIPs.some((ip) => ipFamily(ip) === family));
}

/**
 * Negative when `a` is the effective Egress of a Pod that both select: the older one, or else the
 * one whose name sorts first.
 */
export function byPrecedence(a: Egress, b: Egress): number {
  return a.createdAtMs - b.createdAtMs || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}
