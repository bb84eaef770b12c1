import type { Egress, IpFamily } from '@sallyport/api';
import { byPrecedence, ipFamily } from '@sallyport/api';
import { contest } from '../contest.ts';
import type { Namespace, Pod, PodRef } from '../pod.ts';
import { exclusionOf, podKey } from '../pod.ts';
import { selects } from '../selects.ts';
import { withOwnAddresses } from './own-addresses.ts';

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

/**
 * The Pods of each Egress, by the name of the Egress: every Pod is tried against every Egress. The
 * index has to find the same.
 */
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
  for (const pod of sortedByKey(withOwnAddresses(pods))) {
    const { nodeName } = pod;
    if (nodeName === undefined || exclusionOf(pod) !== undefined) {
      continue;
    }
    const ref = { namespace: pod.namespace, name: pod.name };
    const labels = namespaceLabels.get(pod.namespace);
    const selecting = ordered.filter(
      ({ appliedTo }) => selects(appliedTo, pod.labels, labels) === 'selected',
    );
    for (const { egress, effectiveFor, overridden } of contest(selecting, pod)) {
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

/** Each key is made once: a comparison of two Pods makes no string. */
function sortedByKey(pods: readonly Pod[]): readonly Pod[] {
  return pods
    .map((pod) => ({ pod, key: podKey(pod) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ pod }) => pod);
}
