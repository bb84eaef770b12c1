import type { Gateway, NodeReport } from '@sallyport/api';
import type { GroupCache } from '@sallyport/grouping';
import { groupsByNode } from '@sallyport/grouping';
import type { Node } from '@sallyport/kube';
import type { Placement } from '@sallyport/placement';
import { gatewayOf, placeEgresses } from '@sallyport/placement';
import type { EgressObservation } from '../observe/observed-cluster.ts';
import { clusterNetworkFor } from '../publish/cluster-network-for.ts';
import type { PublishedViews } from '../publish/publish.ts';
import type { Membership } from './member-resolver.ts';

/** The facts about Egresses and Nodes from which placement and the cluster network are decided. */
export interface PlacementFacts extends EgressObservation {
  /** By name. */
  readonly nodes: ReadonlyMap<string, Node>;
  /** The latest report of each Node, by the Node's name. */
  readonly reports: ReadonlyMap<string, NodeReport>;
  /** True while a missing report means nothing. */
  readonly startupGrace: boolean;
  readonly serviceCIDRs: readonly string[];
  /** In addition to those of the Nodes. */
  readonly podCIDRs: readonly string[];
}

/** Which Pods leave from which IP on which Node, with the facts that this was decided from. */
export interface Decision extends Membership, PlacementFacts, PublishedViews {
  /** By the name of the Egress, as the next. */
  readonly placements: ReadonlyMap<string, Placement>;
  /** The Nodes that see the group, sorted. */
  readonly nodesOfGroup: ReadonlyMap<string, readonly string[]>;
}

/** Places the egress IPs, and makes the views of the Nodes. It resolves no members. */
export function decide(
  membership: Membership,
  observed: PlacementFacts,
  cache?: GroupCache,
): Decision {
  const { resolved, tunnelIDs } = membership;
  const placements = placeEgresses(observed);
  const groups = groupsByNode(resolved, { tunnelIDs, gateways: gatewaysFor(placements) }, cache);
  return {
    ...membership,
    ...observed,
    placements,
    nodesOfGroup: nodesOfGroupFor(groups),
    groups,
    network: clusterNetworkFor(observed),
  };
}

function gatewaysFor(placements: Decision['placements']): ReadonlyMap<string, Gateway> {
  const gateways = new Map<string, Gateway>();
  for (const [egress, placement] of placements) {
    const gateway = gatewayOf(placement);
    if (gateway !== undefined) {
      gateways.set(egress, gateway);
    }
  }
  return gateways;
}

function nodesOfGroupFor(groups: Decision['groups']): Decision['nodesOfGroup'] {
  const nodes = new Map<string, string[]>();
  for (const [nodeName, views] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const { metadata } of views) {
      const list = nodes.get(metadata.name);
      if (list === undefined) {
        nodes.set(metadata.name, [nodeName]);
      } else {
        list.push(nodeName);
      }
    }
  }
  return nodes;
}
