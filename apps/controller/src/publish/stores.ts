import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import type { PublishedVersions } from '@sallyport/status';
import { MemoryStore } from '@sallyport/watch';
import { CLUSTER_NETWORK_NAME } from './cluster-network-for.ts';

/** The partition of resources that are the same for every Node. */
export const UNPARTITIONED = '';

/** The objects that agents watch. */
export interface Stores {
  /** Partitioned by Node. */
  readonly egressGroups: MemoryStore<EgressGroup>;
  readonly clusterNetworks: MemoryStore<ClusterNetwork>;
}

/**
 * Empty stores whose versions are above those of any store made earlier.
 * @param nowMs milliseconds since 1970
 */
export function createStores(nowMs: number): Stores {
  const startVersion = nowMs * 1000;
  const apiVersion = CONTROLPLANE_GROUP_VERSION;
  return {
    egressGroups: new MemoryStore({
      apiVersion,
      kind: 'EgressGroup',
      startVersion,
      // Members are most of a group, and no reader needs those of a deleted one.
      remnantOf: (group) => ({ ...group, groupMembers: [] }),
    }),
    clusterNetworks: new MemoryStore({ apiVersion, kind: 'ClusterNetwork', startVersion }),
  };
}

/** The versions of the objects in the stores, for comparison with the reports of the Nodes. */
export function publishedVersionsOf({ egressGroups, clusterNetworks }: Stores): PublishedVersions {
  return {
    firstVersion: egressGroups.startVersion,
    groupVersion: (nodeName, egress) => egressGroups.changedAt(nodeName, egress),
    networkVersion: () => clusterNetworks.changedAt(UNPARTITIONED, CLUSTER_NETWORK_NAME),
  };
}
