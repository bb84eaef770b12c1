import { FORWARD_CHAIN, GATEWAY_PORT, PODS_SET, POSTROUTING_CHAIN, PREROUTING_CHAIN, SKIP_SET } from './constants.ts';
import type { Marks } from './marks.ts';
import { hex } from './marks.ts';
import { renderSnatRule } from './snat-rules.ts';
import type { Chain, IptablesState, Jump } from './state.ts';

const NOT_IN_CLUSTER = `-m set ! --match-set ${SKIP_SET} dst`;
const DEVICE = GATEWAY_PORT.name;

/** Our chains, the jumps to them first in the built-in ones. @param snatIds the SNAT id of each egress IP. */
export const desiredIptables = (snatIds: ReadonlyMap<string, number>, marks: Marks): IptablesState => ({
  chains: [
    ...staticChains(marks),
    {
      table: 'nat',
      name: POSTROUTING_CHAIN,
      rules: [
        // What goes to another Node keeps the Pod's address, by which that Node's replies find back.
        `-o ${DEVICE} -j ACCEPT`,
        ...[...snatIds].sort(([, a], [, b]) => a - b).map(([egressIP, id]) => renderSnatRule(id, egressIP, marks)),
      ],
    },
  ],
  jumps: JUMPS,
});

export const JUMPS: readonly Jump[] = [
  { table: 'raw', from: 'PREROUTING', to: PREROUTING_CHAIN, first: true },
  { table: 'mangle', from: 'PREROUTING', to: PREROUTING_CHAIN, first: true },
  { table: 'mangle', from: 'FORWARD', to: FORWARD_CHAIN, first: true },
  { table: 'filter', from: 'FORWARD', to: FORWARD_CHAIN, first: true },
  { table: 'nat', from: 'POSTROUTING', to: POSTROUTING_CHAIN, first: true },
];

const staticChains = (marks: Marks): readonly Chain[] => {
  const exactly = (bits: number): string => `--mark ${hex(bits)}/${hex(bits)}`;
  const hasSnatId = `-m mark ! --mark 0x0/${hex(marks.snatIdMask)}`;
  return [
    {
      table: 'raw',
      name: PREROUTING_CHAIN,
      rules: [
        // One zone for each egress IP: when a Pod of another Node moves to another Egress here, its connections are translated anew.
        // Replies are looked up in zone 0, like all other packets.
        `-i ${DEVICE} -j CT --zone-orig mark`,
      ],
    },
    {
      table: 'mangle',
      name: PREROUTING_CHAIN,
      rules: [
        `-i ${DEVICE} ${hasSnatId} -j CONNMARK --set-xmark ${hex(marks.connmarkBack)}/${hex(marks.connmarkBack)}`,
        `-i ${DEVICE} -j RETURN`,
        `-m conntrack --ctdir REPLY -m connmark ${exactly(marks.connmarkBack)} -j MARK --set-xmark ${hex(marks.return)}/${hex(marks.return)}`,
        // Only what the Pod begins: its replies to NodePort and other inbound connections go back as they came.
        `-m conntrack --ctdir ORIGINAL -j SET --map-set ${PODS_SET} src --map-mark`,
      ],
    },
    {
      table: 'mangle',
      name: FORWARD_CHAIN,
      rules: [
        // A reply of a connection that was forgotten, because its Pod leaves by another way now. It must not make an entry of its own: the
        // Pod's next packet would count as the reply, get no mark and no NAT, and leave with the Pod's address.
        `-i ${DEVICE} -m mark --mark 0x0/${hex(marks.snatIdMask)} -m conntrack --ctdir ORIGINAL -j DROP`,
        `-m mark ${exactly(marks.drop)} ${NOT_IN_CLUSTER} -j DROP`,
        // Without its route or its device the tunnel would be left out, and the packet leave from this Node.
        `! -o ${DEVICE} -m mark ${exactly(marks.redirect)} ${NOT_IN_CLUSTER} -j DROP`,
        // What conntrack does not know gets no mark and no NAT: it would leave with the Pod's address.
        `-m set --match-set ${PODS_SET} src -m conntrack --ctstate INVALID,UNTRACKED ${NOT_IN_CLUSTER} -j DROP`,
        `-i ${DEVICE} ${hasSnatId} -m conntrack --ctstate INVALID,UNTRACKED ${NOT_IN_CLUSTER} -j DROP`,
        `-o ${DEVICE} -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu`,
      ],
    },
    {
      table: 'filter',
      name: FORWARD_CHAIN,
      rules: [
        // Both have passed the network policies where the connection began. What a Pod of this Node sends into the tunnel has
        // not: it is left to the rules that follow.
        `-i ${DEVICE} -j ACCEPT`,
        `-o ${DEVICE} -m mark ${exactly(marks.return)} -j ACCEPT`,
      ],
    },
  ];
};
