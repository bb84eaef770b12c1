import type { Pod } from '../pod.ts';
import { exclusionOf } from '../pod.ts';
import type { PodEntry } from './entries.ts';

/** One claimant, or several: most addresses have one. */
type Claimants = PodEntry | PodEntry[];

/**
 * The Pods that report each address of each Node. A CNI reuses an address as soon as the old Pod's
 * sandbox is gone, and the old Pod stays listed as terminating for a while. The address then
 * belongs to the other Pods.
 */
export class AddressClaims {
  readonly #nodes = new Map<string, Map<string, Claimants>>();

  /** Counts the addresses of the Pod. Returns the terminating Pods that report one of them. */
  add(entry: PodEntry): readonly PodEntry[] {
    const { nodeName = '', ips } = entry.pod;
    if (!claims(entry.pod)) {
      return [];
    }
    const claimants = this.#nodes.get(nodeName) ?? new Map<string, Claimants>();
    this.#nodes.set(nodeName, claimants);
    return ips.flatMap((ip) => {
      const others = listOf(claimants.get(ip));
      claimants.set(ip, others.length === 0 ? entry : [...others, entry]);
      return others.filter(({ pod }) => pod.terminating);
    });
  }

  /** The reverse of `add`. */
  delete(entry: PodEntry): readonly PodEntry[] {
    const { nodeName = '', ips } = entry.pod;
    const claimants = this.#nodes.get(nodeName);
    if (!claims(entry.pod) || claimants === undefined) {
      return [];
    }
    const affected = ips.flatMap((ip) => {
      const others = listOf(claimants.get(ip)).filter((other) => other !== entry);
      const [first] = others;
      if (first === undefined) {
        claimants.delete(ip);
      } else {
        claimants.set(ip, others.length === 1 ? first : others);
      }
      return others.filter(({ pod }) => pod.terminating);
    });
    if (claimants.size === 0) {
      this.#nodes.delete(nodeName);
    }
    return affected;
  }

  /** The addresses that are the Pod's own: the same list, unless another Pod has one of them. */
  ownOf(pod: Pod): readonly string[] {
    const claimants = pod.terminating ? this.#nodes.get(pod.nodeName ?? '') : undefined;
    if (claimants === undefined || !claims(pod)) {
      return pod.ips;
    }
    const own = pod.ips.filter((ip) =>
      listOf(claimants.get(ip)).every((claimant) => claimant.pod.terminating),
    );
    return own.length === pod.ips.length ? pod.ips : own;
  }
}

function claims(pod: Pod): boolean {
  return exclusionOf(pod) === undefined;
}

function listOf(claimants: Claimants | undefined): readonly PodEntry[] {
  if (claimants === undefined) {
    return [];
  }
  return Array.isArray(claimants) ? claimants : [claimants];
}
