import type { Egress, IpFamily, Labels } from '@sallyport/api';
import { byPrecedence, familiesOf, ipFamilies, ipFamily } from '@sallyport/api';
import { withOwnAddresses } from './own-addresses.ts';
import type { Namespace, Pod, PodRef } from './pod.ts';
import { exclusionOf, podKey } from './pod.ts';
import { selects } from './selects.ts';

export interface Cluster {
  readonly egresses: readonly Egress[];
  readonly pods: readonly Pod[];
  readonly namespaces: readonly Namespace[];
}

/** A Pod whose traffic an Egress governs. */
export interface Member {
  readonly pod: PodRef;
  readonly nodeName: string;
  /** The Pod's addresses of the families the Egress has won; empty until the Pod has an address. */
  readonly ips: readonly string[];
}

/** A Pod that an Egress selects but does not govern, because another Egress has precedence. */
export interface Loss {
  readonly pod: PodRef;
  readonly family: IpFamily;
  /** The name of the Egress that governs the Pod's traffic of this family. */
  readonly winner: string;
}

/** One Egress and its Pods, both lists sorted by namespace and name. */
export interface ResolvedEgress {
  readonly egress: Egress;
  readonly members: readonly Member[];
  readonly losses: readonly Loss[];
}

/** How one Egress that selects a Pod fares in each family that both of them have. */
export interface Contender {
  readonly egress: Egress;
  readonly won: readonly IpFamily[];
  readonly lost: readonly { readonly family: IpFamily; readonly winner: string }[];
}

/**
 * Which Pods each Egress governs, by the name of the Egress. The order of the input does not
 * matter.
 */
export function resolveEgresses({
  egresses,
  pods,
  namespaces,
}: Cluster): ReadonlyMap<string, ResolvedEgress> {
  const ordered = [...egresses].sort(byPrecedence);
  const namespaceLabels = new Map(namespaces.map(({ name, labels }) => [name, labels]));
  const resolved = new Map(
    ordered.map((egress): [string, { egress: Egress; members: Member[]; losses: Loss[] }] => [
      egress.name,
      { egress, members: [], losses: [] },
    ]),
  );
  for (const pod of [...withOwnAddresses(pods)].sort(byNamespaceAndName)) {
    const { nodeName } = pod;
    if (nodeName === undefined || exclusionOf(pod) !== undefined) {
      continue;
    }
    const ref = { namespace: pod.namespace, name: pod.name };
    for (const { egress, won, lost } of contest(ordered, pod, namespaceLabels.get(pod.namespace))) {
      const ips = pod.ips.filter((ip) => won.includes(ipFamily(ip)));
      if (won.length > 0) {
        resolved.get(egress.name)?.members.push({ pod: ref, nodeName, ips });
      }
      resolved.get(egress.name)?.losses.push(...lost.map((loss) => ({ pod: ref, ...loss })));
    }
  }
  return resolved;
}

/** The Egresses that select `pod`, best first. @param ordered by precedence. */
export function contest(
  ordered: readonly Egress[],
  pod: Pod,
  namespaceLabels: Labels | undefined,
): readonly Contender[] {
  const winners = new Map<IpFamily, string>();
  return ordered
    .filter(({ appliedTo }) => selects(appliedTo, pod.labels, namespaceLabels) === 'Selected')
    .map((egress) => {
      const families = familiesOf(egress).filter((family) => familiesOfPod(pod).includes(family));
      const lost = families.flatMap((family) => {
        const winner = winners.get(family);
        return winner === undefined ? [] : [{ family, winner }];
      });
      const won = families.filter((family) => !winners.has(family));
      for (const family of won) {
        winners.set(family, egress.name);
      }
      return { egress, won, lost };
    });
}

function byNamespaceAndName(a: PodRef, b: PodRef): number {
  const [left, right] = [podKey(a), podKey(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A Pod without an address may get one of either family. */
function familiesOfPod({ ips }: Pod): readonly IpFamily[] {
  return ips.length === 0
    ? ipFamilies
    : ipFamilies.filter((family) => ips.some((ip) => ipFamily(ip) === family));
}
