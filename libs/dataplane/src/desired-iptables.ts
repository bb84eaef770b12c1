import {
  FORWARD_CHAIN,
  GATEWAY_PORT,
  PODS_SET,
  POSTROUTING_CHAIN,
  PREROUTING_CHAIN,
  SKIP_SET,
} from './constants.ts';
import type { Marks } from './marks.ts';
import { hex, packetMask, stateMask } from './marks.ts';
import { renderKnownIdRule, renderSnatRule } from './snat-rules.ts';
import type { Chain, IptablesState, Jump } from './state.ts';

const INTO_CLUSTER = `-m set --match-set ${SKIP_SET} dst`;
const NOT_INTO_CLUSTER = `-m set ! --match-set ${SKIP_SET} dst`;
const OF_POD = `-m set --match-set ${PODS_SET} src`;
const NOT_OF_POD = `-m set ! --match-set ${PODS_SET} src`;
const OUTWARD = '-m conntrack --ctdir ORIGINAL';
const UNKNOWN_TO_CONNTRACK = '-m conntrack --ctstate INVALID,UNTRACKED';
const DEVICE = GATEWAY_PORT.name;

export const JUMPS: readonly Jump[] = [
  { table: 'raw', from: 'PREROUTING', to: PREROUTING_CHAIN, first: true },
  { table: 'mangle', from: 'PREROUTING', to: PREROUTING_CHAIN, first: true },
  { table: 'mangle', from: 'FORWARD', to: FORWARD_CHAIN, first: true },
  { table: 'filter', from: 'FORWARD', to: FORWARD_CHAIN, first: true },
  { table: 'nat', from: 'POSTROUTING', to: POSTROUTING_CHAIN, first: true },
];

/**
 * Our chains, the jumps to them first in the built-in ones.
 * @param snatIds the SNAT id of each egress IP.
 */
export function desiredIptables(snatIds: ReadonlyMap<string, number>, marks: Marks): IptablesState {
  const byId = [...snatIds].sort(([, a], [, b]) => a - b);
  return {
    chains: [
      ...chains(
        byId.map(([, id]) => renderKnownIdRule(id, marks)),
        marks,
      ),
      {
        table: 'nat',
        name: POSTROUTING_CHAIN,
        rules: [
          ...natGuards(marks),
          ...byId.map(([egressIP, id]) => renderSnatRule(id, egressIP, marks)),
        ],
      },
    ],
    jumps: JUMPS,
  };
}

/** What stands before the SNAT rules: whose packets they are not for, whatever their mark. */
export function natGuards(marks: Marks): readonly string[] {
  const notTunnelled = `-m connmark ! --mark ${hex(marks.connmarkBack)}/${hex(marks.connmarkBack)}`;
  return [
    // What goes to another Node keeps the Pod's address, by which that Node's replies find back.
    `-o ${DEVICE} -j ACCEPT`,
    // Of the Node itself, or of a Pod without an Egress: its mark means something else to somebody
    // else.
    `${notTunnelled} ${NOT_OF_POD} -j RETURN`,
    // What is inside the cluster is decided on the Node of the Pod, also when this Node has heard
    // of a change earlier or later.
    `${notTunnelled} ${INTO_CLUSTER} -j RETURN`,
  ];
}

/** All but the nat chain. @param knownIds the rules that let the SNAT ids pass. */
function chains(knownIds: readonly string[], marks: Marks): readonly Chain[] {
  const ours = hex(packetMask(marks));
  const hasSnatId = `-m mark ! --mark 0x0/${hex(marks.snatIdMask)}`;
  const hasState = `-m mark ! --mark 0x0/${hex(stateMask(marks))}`;
  const back = `${hex(marks.connmarkBack)}/${hex(marks.connmarkBack)}`;
  return [
    {
      table: 'raw',
      name: PREROUTING_CHAIN,
      rules: [
        // One zone for each egress IP: when a Pod of another Node moves to another Egress here, its
        // connections are translated anew. Replies are looked up in zone 0, like all other packets.
        `-i ${DEVICE} -j CT --zone-orig mark`,
      ],
    },
    {
      table: 'mangle',
      name: PREROUTING_CHAIN,
      rules: [
        `-i ${DEVICE} ${hasSnatId} -j CONNMARK --set-xmark ${back}`,
        `-i ${DEVICE} -j RETURN`,
        `-m conntrack --ctdir REPLY -m connmark --mark ${back} -j MARK --set-xmark ${hex(marks.return)}/${ours}`,
        // Only what the Pod begins: its replies to NodePort and other inbound connections go back
        // as they came.
        `${OUTWARD} -j SET --map-set ${PODS_SET} src --map-mark`,
      ],
    },
    {
      table: 'mangle',
      name: FORWARD_CHAIN,
      rules: [
        // Once more, as somebody else may have changed the mark since. What was routed by the
        // changed one is dropped below, or by OVS.
        `! -i ${DEVICE} ${OUTWARD} ${NOT_INTO_CLUSTER} -j SET --map-set ${PODS_SET} src --map-mark`,
        // It is routed: the mark has no use any more, and a CNI's tunnel that looks up its way by
        // it (VXLAN does) would be led into ours.
        `! -o ${DEVICE} ${OF_POD} ${OUTWARD} ${INTO_CLUSTER} -j MARK --set-xmark 0x0/${ours}`,
        // Not allowed to leave; or for the tunnel, but its route or its device is gone: it would
        // leave from this Node.
        `! -o ${DEVICE} ${hasState} ${OF_POD} ${OUTWARD} ${NOT_INTO_CLUSTER} -j DROP`,
        // What stays inside the cluster does not go through the tunnel, also while its throw route
        // is not there.
        `-o ${DEVICE} ${OF_POD} ${OUTWARD} ${INTO_CLUSTER} -j DROP`,
        // What conntrack does not know gets no mark and no NAT: it would leave with the Pod's
        // address.
        `${OF_POD} ${UNKNOWN_TO_CONNTRACK} ${NOT_INTO_CLUSTER} -j DROP`,
        `-i ${DEVICE} ${hasSnatId} ${UNKNOWN_TO_CONNTRACK} -j DROP`,
        `-o ${DEVICE} -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu`,
        `! -i ${DEVICE} -j RETURN`,
        `-m connmark ! --mark ${back} ${OUTWARD} -j DROP`,
        ...knownIds,
        // No SNAT rule knows its mark. Either somebody else has changed it on the way; or it is a
        // reply of a connection that was forgotten, because its Pod leaves by another way now. That
        // one must not make an entry of its own: the Pod's next packet would count as the reply,
        // get no mark and no NAT, and leave with the Pod's address.
        `${OUTWARD} -j DROP`,
      ],
    },
    {
      table: 'filter',
      name: FORWARD_CHAIN,
      rules: [
        // Both have passed the network policies where the connection began. What a Pod of this Node
        // sends into the tunnel has not: it is left to the rules that follow.
        `-i ${DEVICE} -j ACCEPT`,
        `-o ${DEVICE} -m mark --mark ${hex(marks.return)}/${ours} -j ACCEPT`,
      ],
    },
  ];
}
