import type { Egress, IpFamily } from '@sallyport/api';
import { byPrecedence, familiesOf, ipFamilies, ipFamily } from '@sallyport/api';
import { egressFinder } from './egress-finder.ts';
import { withOwnAddresses } from './own-addresses.ts';
import type { Namespace, Pod, PodRef } from './pod.ts';
import { exclusionOf, podKey } from './pod.ts';

/** The objects from which members are resolved; their order does not matter. */
export interface Cluster {
  readonly egresses: readonly Egress[];
  readonly pods: readonly Pod[];
  readonly namespaces: readonly Namespace[];
}

/** A Pod for which an Egress is the effective one in at least one address family. */
interface Member {
  readonly pod: PodRef;
  readonly nodeName: string;
  /** The Pod's addresses of those families; empty until the Pod has an address. */
  readonly ips: readonly string[];
}

/** A Pod that an Egress selects, while another Egress is the effective one. */
interface OverriddenPod {
  readonly pod: PodRef;
  readonly family: IpFamily;
  /** The name of the effective Egress for the Pod's traffic of this family. */
  readonly by: string;
}

/** One Egress and its Pods, both lists sorted by namespace and name. */
export interface ResolvedEgress {
  readonly egress: Egress;
  readonly members: readonly Member[];
  readonly overridden: readonly OverriddenPod[];
}

/** An Egress that selects a Pod, with the address families that both of them have. */
export interface Contender {
  readonly egress: Egress;
  readonly effectiveFor: readonly IpFamily[];
  /** The other families, with the name of the effective Egress. */
  readonly overridden: readonly Omit<OverriddenPod, 'pod'>[];
}

/** The Pods of each Egress, by the name of the Egress. */
export function resolveEgresses({
  egresses,
  pods,
  namespaces,
}: Cluster): ReadonlyMap<string, ResolvedEgress> {
  const ordered = [...egresses].sort(byPrecedence);
  const namespaceLabels = new Map(namespaces.map(({ name, labels }) => [name, labels]));
  const resolved = new Map(
    ordered.map(
      (egress): [string, { egress: Egress; members: Member[]; overridden: OverriddenPod[] }] => [
        egress.name,
        { egress, members: [], overridden: [] },
      ],
    ),
  );
  const find = egressFinder(ordered);
  for (const pod of sortedByKey(withOwnAddresses(pods))) {
    const { nodeName } = pod;
    if (nodeName === undefined || exclusionOf(pod) !== undefined) {
      continue;
    }
    const ref = { namespace: pod.namespace, name: pod.name };
    const labels = namespaceLabels.get(pod.namespace);
    for (const { egress, effectiveFor, overridden } of contest(find(pod.labels, labels), pod)) {
      const { name } = egress;
      if (effectiveFor.length > 0) {
        const ips = pod.ips.filter((ip) => effectiveFor.includes(ipFamily(ip)));
        resolved.get(name)?.members.push({ pod: ref, nodeName, ips });
      }
      resolved.get(name)?.overridden.push(...overridden.map((rest) => ({ pod: ref, ...rest })));
    }
  }
  return resolved;
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

/** Each key is made once: a comparison of two Pods makes no string. */
function sortedByKey(pods: readonly Pod[]): readonly Pod[] {
  return pods
    .map((pod) => ({ pod, key: podKey(pod) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ pod }) => pod);
}

/** A Pod without an address may get one of either family. */
function familiesOfPod({ ips }: Pod): readonly IpFamily[] {
  return ips.length === 0
    ? ipFamilies
    : ipFamilies.filter((family) => ips.some((ip) => ipFamily(ip) === family));
}
