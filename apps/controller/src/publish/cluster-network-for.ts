import type { ClusterNetwork } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import type { Node } from '@sallyport/kube';
import type { Unversioned } from '@sallyport/watch';

/** The ClusterNetwork before the store gives it a version. */
export type ClusterNetworkView = Unversioned<ClusterNetwork>;

/** The name of the only ClusterNetwork. */
export const CLUSTER_NETWORK_NAME = 'default';

/** The destinations that are cluster-internal. */
export function clusterNetworkFor(input: {
  readonly nodes: ReadonlyMap<string, Node>;
  readonly podCIDRs: readonly string[];
  readonly serviceCIDRs: readonly string[];
}): ClusterNetworkView {
  const nodes = [...input.nodes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    apiVersion: CONTROLPLANE_GROUP_VERSION,
    kind: 'ClusterNetwork',
    metadata: { name: CLUSTER_NETWORK_NAME },
    nodes: nodes.map(({ name, ips }) => ({ name, ips })),
    podCIDRs: sortedUnique([...input.podCIDRs, ...nodes.flatMap(({ podCIDRs }) => podCIDRs)]),
    serviceCIDRs: sortedUnique(input.serviceCIDRs),
  };
}

function sortedUnique(items: readonly string[]): readonly string[] {
  return [...new Set(items)].sort();
}
