import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import { desiredIptables } from './desired-iptables.ts';
import { desiredOvs } from './desired-ovs.ts';
import { desiredRouting } from './desired-routing.ts';
import type { Marks } from './marks.ts';
import { packetMask, snatMark } from './marks.ts';
import type { NodeFacts } from './node-facts.ts';
import { peerIPs } from './peer-ips.ts';
import type { PlanFault } from './plan-fault.ts';
import { skipCidrs } from './skip-cidrs.ts';
import { snatIdsOf } from './snat-rules.ts';
import type { DataplaneState, MaskedMark } from './state.ts';
import type { WayOut } from './ways-out.ts';
import { waysOut } from './ways-out.ts';

export interface PlanInput {
  /** What the controller tells this Node. */
  readonly groups: readonly EgressGroup[];
  readonly network: ClusterNetwork;
  readonly node: NodeFacts;
  readonly marks: Marks;
  /** The same on every Node. */
  readonly tunnelUdpPort: number;
  /**
   * What is there: the SNAT ids that are given out are read from its rules, so that a restart
   * changes none.
   */
  readonly actual: Pick<DataplaneState, 'iptables'>;
}

export interface Plan {
  readonly desired: DataplaneState;
  readonly faults: readonly PlanFault[];
}

/** What should be on the Node. The order of the groups and their members does not matter. */
export function planDataplane({
  groups,
  network,
  node,
  marks,
  tunnelUdpPort,
  actual,
}: PlanInput): Plan {
  const ways = waysOut(groups, node, snatIdsOf(actual.iptables, marks));
  const faults = [...ways.faults];
  const skip = skipCidrs(network, node.ip, faults);
  const snatIds = new Map(
    [...ways.egresses.values()].flatMap((wayOut) =>
      wayOut.way === 'snat' ? [[wayOut.egressIP, wayOut.snatId] as const] : [],
    ),
  );
  return {
    desired: {
      ovs: desiredOvs(
        ways,
        { ip: node.ip, peers: peerIPs(network, node), udpPort: tunnelUdpPort },
        marks,
      ),
      ipsets: {
        pods: new Map([...ways.pods].map(([ip, wayOut]) => [ip, markOf(wayOut, marks)])),
        skip,
      },
      iptables: desiredIptables(snatIds, marks),
      routing: desiredRouting(skip, node.uplinkMtu, marks),
    },
    faults,
  };
}

/** The mark of a Pod that leaves this way. */
function markOf(wayOut: WayOut, marks: Marks): MaskedMark {
  const mask = packetMask(marks);
  switch (wayOut.way) {
    case 'drop':
      return { mark: marks.drop, mask };
    case 'redirect':
      return { mark: marks.redirect, mask };
    case 'snat':
      return { mark: snatMark(wayOut.snatId, marks), mask };
  }
}
