import { desiredRouting } from './desired-routing.ts';
import type { DesiredBridge } from './desired-state.ts';
import type { PlannedPaths } from './egress-paths.ts';
import { planPaths } from './egress-paths.ts';
import { internalCidrs } from './internal-cidrs.ts';
import { peerIPs } from './peer-ips.ts';
import type { Plan, PlanInput } from './plan.ts';

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
