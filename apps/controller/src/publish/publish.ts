import type { ViewChanges } from '@sallyport/grouping';
import type { ClusterNetworkView } from './cluster-network-for.ts';
import type { Stores } from './stores.ts';
import { UNPARTITIONED } from './stores.ts';

/** The objects to publish. */
export interface PublishedViews {
  readonly views: ViewChanges;
  readonly network: ClusterNetworkView;
}

/** How many objects a publication added, changed or removed. */
export interface Published {
  readonly egressGroups: number;
  readonly clusterNetworks: number;
}

/**
 * Puts the changed views into the stores of their Nodes. An object that has not changed keeps its
 * version.
 */
export function publish({ views, network }: PublishedViews, stores: Stores): Published {
  let changed = 0;
  for (const [nodeName, changes] of views) {
    changed += stores.egressGroups.update(nodeName, changes);
  }
  return {
    egressGroups: changed,
    clusterNetworks: stores.clusterNetworks.publish(UNPARTITIONED, [network]),
  };
}
