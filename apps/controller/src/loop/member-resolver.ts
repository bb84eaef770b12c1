import type { ResolvedEgress } from '@sallyport/grouping';
import { resolveEgresses, tunnelIds } from '@sallyport/grouping';
import type { ClusterObservation } from '../observe/observed-cluster.ts';

/** The Egresses with their members, and the objects from which these were resolved. */
export interface Membership extends ClusterObservation {
  /** By the name of the Egress, as the next. */
  readonly resolved: ReadonlyMap<string, ResolvedEgress>;
  readonly tunnelIDs: ReadonlyMap<string, number>;
}

/**
 * Knows the members of every Egress. The loop asks again only after Egresses, Pods or Namespaces
 * have changed. An index that follows these changes by key can take the place of `fullResolver`.
 */
export interface MemberResolver {
  resolve(): Membership;
}

/** Resolves all Pods anew each time. */
export function fullResolver(observe: () => ClusterObservation): MemberResolver {
  return { resolve: () => resolveMembers(observe()) };
}

/** The members of all Egresses, from scratch. */
export function resolveMembers(cluster: ClusterObservation): Membership {
  const egresses = cluster.egresses.map(({ egress }) => egress);
  const { pods, namespaces } = cluster;
  return {
    ...cluster,
    resolved: resolveEgresses({ egresses, pods, namespaces }),
    tunnelIDs: tunnelIds(egresses),
  };
}
