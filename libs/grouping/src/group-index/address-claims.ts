import type { Pod } from '../pod.ts';
import { exclusionOf } from '../pod.ts';
import type { PodEntry } from './entries.ts';

/** One claimant, or several: most addresses have one. */
type Claimants = PodEntry | PodEntry[];

const nobody: readonly PodEntry[] = [];

/**
 * The Pods that report each address of each Node. A CNI reuses an address as soon as the old Pod's
 * sandbox is gone, and the old Pod stays listed as terminating for a while. The address then
 * belongs to the other Pods.
 */
export class AddressClaims {
  readonly #nodes = new Map<string, Map<string, Claimants>>();

  /** Counts the addresses of the Pod. Returns the terminating Pods that report one of them. */
  add(entry: PodEntry): readonly PodEntry[] {
    const { pod } = entry;
    if (!claims(pod)) {
      return nobody;
    }
    const { nodeName = '' } = pod;
    let claimants = this.#nodes.get(nodeName);
    if (claimants === undefined) {
      claimants = new Map();
      this.#nodes.set(nodeName, claimants);
    }
    let affected = nobody;
    for (const ip of pod.ips) {
      const others = claimants.get(ip);
      claimants.set(ip, others === undefined ? entry : [...listOf(others), entry]);
      affected = withTerminating(affected, others);
    }
    return affected;
  }

  /** The reverse of `add`. */
  delete(entry: PodEntry): readonly PodEntry[] {
    const { nodeName = '', ips } = entry.pod;
    const claimants = this.#nodes.get(nodeName);
    if (!claims(entry.pod) || claimants === undefined) {
      return nobody;
    }
    let affected = nobody;
    for (const ip of ips) {
      const others = without(claimants.get(ip), entry);
      if (others === undefined) {
        claimants.delete(ip);
      } else {
        claimants.set(ip, others);
      }
      affected = withTerminating(affected, others);
    }
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
    return nobody;
  }
  return Array.isArray(claimants) ? claimants : [claimants];
}

function without(claimants: Claimants | undefined, entry: PodEntry): Claimants | undefined {
  if (claimants === undefined || claimants === entry) {
    return undefined;
  }
  const others = listOf(claimants).filter((other) => other !== entry);
  return others.length === 1 ? others[0] : others;
}

function withTerminating(
  affected: readonly PodEntry[],
  claimants: Claimants | undefined,
): readonly PodEntry[] {
  return claimants === undefined
    ? affected
    : [...affected, ...listOf(claimants).filter(({ pod }) => pod.terminating)];
}
