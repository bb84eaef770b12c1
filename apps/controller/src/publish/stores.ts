import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import { MemoryStore } from '@sallyport/watch';

/** What agents watch. */
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
      // Members are most of a group; of one that is gone nobody needs them.
      remnantOf: (group) => ({ ...group, groupMembers: [] }),
    }),
    clusterNetworks: new MemoryStore({ apiVersion, kind: 'ClusterNetwork', startVersion }),
  };
}
