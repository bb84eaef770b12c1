import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import { ipFamily } from '@sallyport/api';
import { desiredRouting } from './desired-routing.ts';
import type { DesiredBridge } from './desired-state.ts';
import type { PlannedPaths } from './egress-paths.ts';
import { planPaths } from './egress-paths.ts';
import { internalCidrs } from './internal-cidrs.ts';
import { containedIn } from './node-addresses.ts';
import { peerIPs } from './peer-ips.ts';
import type { Plan, PlanFault, PlanInput } from './plan.ts';

/** A fault names so many Pods at most. */
const NAMED_MEMBERS = 3;

/** The desired state of the Node. The order of the groups and their members does not matter. */
export function planDataplane(input: PlanInput): Plan {
  const { groups, network, node, marks, tunnelUdpPort, snatIdsInUse } = input;
  const planned = planPaths(groups, node, snatIdsInUse);
  const faults = [...planned.faults, ...groups.flatMap(foreignMembersOf(network))];
  const internal = internalCidrs(network, node.ip, faults);
  const peers = peerIPs(network, node);
  const snatIds = snatIdsOf(planned);
  return {
    desired: {
      netfilter: {
        paths: planned.pods,
        internal,
        snatIds,
        nodes: new Set(peers),
        tunnelPort: tunnelUdpPort,
      },
      bridge: {
        ip: node.ip,
        peers,
        udpPort: tunnelUdpPort,
        redirects: planned.tunnelIds,
        ...tunnelsOf(planned),
      },
      routing: desiredRouting(internal, snatIds, node, marks, ['IPv4']),
    },
    faults,
  };
}

/** The Pods whose address is in no Pod CIDR. */
function foreignMembersOf({
  podCIDRs,
}: ClusterNetwork): (group: EgressGroup) => readonly PlanFault[] {
  const isPod = containedIn(podCIDRs);
  return ({ metadata: { name }, groupMembers }) => {
    const foreign = groupMembers.flatMap(({ pod, ips }) =>
      ips
        .filter((ip) => ipFamily(ip) === 'IPv4' && !isPod(ip))
        .map((ip) => `${pod.namespace}/${pod.name} (${ip})`),
    );
    return foreign.length === 0
      ? []
      : [
          {
            egress: name,
            message: `Pods of Egress ${name} have addresses in no Pod CIDR: ${foreign.slice(0, NAMED_MEMBERS).join(', ')}${foreign.length > NAMED_MEMBERS ? ` and ${foreign.length - NAMED_MEMBERS} more` : ''}. Packets between such Pods count as external, and a gateway on another Node drops them. Start the controller with --pod-cidrs=<the CIDRs of your CNI>.`,
          },
        ];
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
