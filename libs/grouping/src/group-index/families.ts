import type { IpFamily } from '@sallyport/api';
import { ipFamilies, ipFamily } from '@sallyport/api';
import type { FamilyCounts, FamilySet } from './entries.ts';

const bits: Readonly<Record<IpFamily, FamilySet>> = { IPv4: 1, IPv6: 2 };

/** The families of addresses; both if there is none yet, as it may be of either. */
export function familySetOf(ips: readonly string[]): FamilySet {
  let families = 0;
  for (const ip of ips) {
    families |= bits[ipFamily(ip)];
  }
  return families === 0 ? bits.IPv4 | bits.IPv6 : families;
}

/** Whether the set has the family. */
export function hasFamily(families: FamilySet, family: IpFamily): boolean {
  return (families & bits[family]) !== 0;
}

/** The families in the set, IPv4 first. */
export function familiesIn(families: FamilySet): readonly IpFamily[] {
  return ipFamilies.filter((family) => hasFamily(families, family));
}

/** No Pods at all. */
export function noCounts(): FamilyCounts {
  return [0, 0, 0, 0];
}
