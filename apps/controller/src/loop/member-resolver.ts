import type { Cluster, ResolvedEgress } from '@sallyport/grouping';
import { resolveEgresses, tunnelIds } from '@sallyport/grouping';

/** The members of Egresses, and the Pods and Namespaces from which they were resolved. */
export interface Membership extends Pick<Cluster, 'pods' | 'namespaces'> {
  /** By the name of the Egress, as the next. */
  readonly resolved: ReadonlyMap<string, ResolvedEgress>;
  readonly tunnelIDs: ReadonlyMap<string, number>;
}

/**
 * Knows the members of every Egress. The loop asks again only after Egresses, Pods or Namespaces
 * have changed in a part that members depend on. An index that follows these changes by key can
 * take the place of `fullResolver`.
 */
export interface MemberResolver {
  resolve(): Membership;
}

/** Resolves all Pods anew each time. */
export function fullResolver(observe: () => Cluster): MemberResolver {
  return { resolve: () => resolveMembers(observe()) };
}

/** The members of all Egresses, from scratch. */
export function resolveMembers(cluster: Cluster): Membership {
  const { egresses, pods, namespaces } = cluster;
  return {
    pods,
    namespaces,
    resolved: resolveEgresses(cluster),
    tunnelIDs: tunnelIds(egresses),
  };
}
