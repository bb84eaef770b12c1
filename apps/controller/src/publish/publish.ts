import type { Decision } from '../decide/decide.ts';
import type { Stores } from './stores.ts';

/** The partition of resources that are the same for every Node. */
export const UNPARTITIONED = '';

/** How many objects a publication added, changed or removed. */
export interface Published {
  readonly egressGroups: number;
  readonly clusterNetworks: number;
}

/**
 * Makes the stores say what was decided. Nodes that have nothing to see any more lose what they
 * saw.
 */
export function publish({ groups, network }: Decision, stores: Stores): Published {
  let changed = 0;
  for (const nodeName of new Set([...stores.egressGroups.partitions(), ...groups.keys()])) {
    changed += stores.egressGroups.publish(nodeName, groups.get(nodeName) ?? []);
  }
  return {
    egressGroups: changed,
    clusterNetworks: stores.clusterNetworks.publish(UNPARTITIONED, [network]),
  };
}
