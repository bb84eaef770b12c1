import type { EgressGroupView } from '@sallyport/grouping';
import type { ClusterNetworkView } from './cluster-network-for.ts';
import type { Stores } from './stores.ts';
import { UNPARTITIONED } from './stores.ts';

/** The objects to publish. */
export interface PublishedViews {
  /** The groups that each Node sees, by the Node's name. */
  readonly groups: ReadonlyMap<string, readonly EgressGroupView[]>;
  readonly network: ClusterNetworkView;
}

/** How many objects a publication added, changed or removed. */
export interface Published {
  readonly egressGroups: number;
  readonly clusterNetworks: number;
}

/**
 * Puts the views into the stores. A Node without groups loses those that it had; an
 * object that has not changed keeps its version.
 */
export function publish({ groups, network }: PublishedViews, stores: Stores): Published {
  let changed = 0;
  for (const nodeName of new Set([...stores.egressGroups.partitions(), ...groups.keys()])) {
    changed += stores.egressGroups.publish(nodeName, groups.get(nodeName) ?? []);
  }
  return {
    egressGroups: changed,
    clusterNetworks: stores.clusterNetworks.publish(UNPARTITIONED, [network]),
  };
}
