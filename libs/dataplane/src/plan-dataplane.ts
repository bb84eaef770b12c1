import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import { desiredRouting } from './desired-routing.ts';
import type { DesiredBridge, DesiredState } from './desired-state.ts';
import type { PlannedPaths } from './egress-paths.ts';
import { planPaths } from './egress-paths.ts';
import { internalCidrs } from './internal-cidrs.ts';
import type { Marks } from './marks.ts';
import type { NodeFacts } from './node-facts.ts';
import { peerIPs } from './peer-ips.ts';
import type { PlanFault } from './plan-fault.ts';

/** Everything that a plan depends on. Equal input gives an equal plan. */
export interface PlanInput {
  /** The controller's view for this Node. */
  readonly groups: readonly EgressGroup[];
  readonly network: ClusterNetwork;
  readonly node: NodeFacts;
  readonly marks: Marks;
  /** The same on every Node. */
  readonly tunnelUdpPort: number;
  /** The egress IP of each SNAT id that a rule has now, so that a restart changes no id. */
  readonly snatIdsInUse: ReadonlyMap<number, string>;
}

/** There is always a plan; `faults` are the parts of the input that it cannot realize. */
export interface Plan {
  readonly desired: DesiredState;
  readonly faults: readonly PlanFault[];
}

/** The desired state of the Node. The order of the groups and their members does not matter. */
export function planDataplane(input: PlanInput): Plan {
  const { groups, network, node, marks, tunnelUdpPort, snatIdsInUse } = input;
  const planned = planPaths(groups, node, snatIdsInUse);
  const faults = [...planned.faults];
  const internal = internalCidrs(network, node.ip, faults);
  return {
    desired: {
      netfilter: { paths: planned.pods, internal, snatIds: snatIdsOf(planned) },
      bridge: {
        ip: node.ip,
        peers: peerIPs(network, node),
        udpPort: tunnelUdpPort,
        redirects: planned.tunnelIds,
        ...tunnelsOf(planned),
      },
      routing: desiredRouting(internal, node.uplinkMtu, marks),
    },
    faults,
  };
}

function snatIdsOf({ egresses }: PlannedPaths): ReadonlyMap<number, string> {
  return new Map(
    egresses.flatMap(({ path }) =>
      path.kind === 'translated' ? [[path.snatId, path.egressIP] as const] : [],
    ),
  );
}

function tunnelsOf({ egresses }: PlannedPaths): Pick<DesiredBridge, 'gateways' | 'translations'> {
  const gateways = new Map<number, string>();
  const translations = new Map<number, number>();
  for (const { group, path } of egresses) {
    if (path.kind === 'redirected' && group.gateway !== undefined) {
      gateways.set(group.tunnelID, group.gateway.nodeIP);
    } else if (path.kind === 'translated') {
      translations.set(group.tunnelID, path.snatId);
    }
  }
  return { gateways, translations };
}
