import type { Egress, IpFamily } from '@sallyport/api';
import { familiesOf, ipFamilies, ipFamily } from '@sallyport/api';
import type { Pod } from './pod.ts';

/** An Egress that selects a Pod, with the address families that both of them have. */
export interface Contender {
  readonly egress: Egress;
  readonly effectiveFor: readonly IpFamily[];
  /** The other families, with the name of the effective Egress. */
  readonly overridden: readonly Overridden[];
}

interface Overridden {
  readonly family: IpFamily;
  /** The name of the effective Egress for the Pod's traffic of this family. */
  readonly by: string;
}

/**
 * Decides for each address family of a Pod which Egress is effective: the first one that has it.
 * @param selecting the Egresses that select the Pod, by precedence
 */
export function contest(selecting: readonly Egress[], pod: Pod): readonly Contender[] {
  const effective = new Map<IpFamily, string>();
  return selecting.map((egress) => {
    const families = familiesOf(egress).filter((family) => familiesOfPod(pod).includes(family));
    const overridden = families.flatMap((family) => {
      const by = effective.get(family);
      return by === undefined ? [] : [{ family, by }];
    });
    const effectiveFor = families.filter((family) => !effective.has(family));
    for (const family of effectiveFor) {
      effective.set(family, egress.name);
    }
    return { egress, effectiveFor, overridden };
  });
}

/** A Pod without an address may get one of either family. */
function familiesOfPod({ ips }: Pod): readonly IpFamily[] {
  return ips.length === 0
    ? ipFamilies
    : ipFamilies.filter((family) => ips.some((ip) => ipFamily(ip) === family));
}
