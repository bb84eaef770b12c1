import type { Fault, Gateway, NodeReport } from '@sallyport/api';
import type { EgressGroupView, Namespace, Pod, ResolvedEgress } from '@sallyport/grouping';
import { groupsByNode, resolveEgresses, tunnelIds } from '@sallyport/grouping';
import type { Node, ObservedEgress } from '@sallyport/kube';
import type { Holder } from '../holders/holders-for.ts';
import { gatewayOf, holdersFor } from '../holders/holders-for.ts';
import type { ClusterNetworkView } from './cluster-network-for.ts';
import { clusterNetworkFor } from './cluster-network-for.ts';

/** Everything a decision is made from. */
export interface Observation {
  readonly egresses: readonly ObservedEgress[];
  /** What is wrong with Egresses, by their names. */
  readonly faults: ReadonlyMap<string, readonly Fault[]>;
  readonly pods: readonly Pod[];
  readonly namespaces: readonly Namespace[];
  readonly nodes: ReadonlyMap<string, Node>;
  readonly reports: ReadonlyMap<string, NodeReport>;
  /** See HoldersInput. */
  readonly settling: boolean;
  readonly serviceCIDRs: readonly string[];
  /** Besides those of the Nodes. */
  readonly podCIDRs: readonly string[];
}

/** Who sends what from where. */
export interface Decision {
  readonly observation: Observation;
  /** By the name of the Egress, as the next three. */
  readonly resolved: ReadonlyMap<string, ResolvedEgress>;
  readonly holders: ReadonlyMap<string, Holder>;
  readonly tunnelIDs: ReadonlyMap<string, number>;
  /** The Nodes that are told of the group, sorted. */
  readonly nodesOfGroup: ReadonlyMap<string, readonly string[]>;
  /** By the Node's name. */
  readonly groups: ReadonlyMap<string, readonly EgressGroupView[]>;
  readonly network: ClusterNetworkView;
}

/** The one decision of the controller, from everything it knows. */
export function decide(observation: Observation): Decision {
  const egresses = observation.egresses.map(({ egress }) => egress);
  const resolved = resolveEgresses({
    egresses,
    pods: observation.pods,
    namespaces: observation.namespaces,
  });
  const holders = holdersFor(observation);
  const tunnelIDs = tunnelIds(egresses);
  const groups = groupsByNode(resolved, { tunnelIDs, gateways: gatewaysFor(holders) });
  return {
    observation,
    resolved,
    holders,
    tunnelIDs,
    nodesOfGroup: nodesOfGroupFor(groups),
    groups,
    network: clusterNetworkFor(observation),
  };
}

function gatewaysFor(holders: ReadonlyMap<string, Holder>): ReadonlyMap<string, Gateway> {
  const gateways = new Map<string, Gateway>();
  for (const [egress, holder] of holders) {
    const gateway = gatewayOf(holder);
    if (gateway !== undefined) {
      gateways.set(egress, gateway);
    }
  }
  return gateways;
}

function nodesOfGroupFor(
  groups: ReadonlyMap<string, readonly EgressGroupView[]>,
): ReadonlyMap<string, readonly string[]> {
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
