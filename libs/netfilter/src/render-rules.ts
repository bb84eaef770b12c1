import type { DesiredNetfilter, Marks } from '@sallyport/dataplane';
import {
  FORWARD_CHAIN,
  GATEWAY_PORT,
  hex,
  INTERNAL_SET,
  packetMask,
  PODS_SET,
  POSTROUTING_CHAIN,
  PREROUTING_CHAIN,
  stateMask,
} from '@sallyport/dataplane';
import type { IptablesState, Jump } from './netfilter-state.ts';
import { renderKnownIdRule, renderSnatRule } from './snat-rules.ts';

const TO_INTERNAL = `-m set --match-set ${INTERNAL_SET} dst`;
const TO_EXTERNAL = `-m set ! --match-set ${INTERNAL_SET} dst`;
const OF_POD = `-m set --match-set ${PODS_SET} src`;
const NOT_OF_POD = `-m set ! --match-set ${PODS_SET} src`;
const ORIGINAL = '-m conntrack --ctdir ORIGINAL';
const UNTRACKED = '-m conntrack --ctstate INVALID,UNTRACKED';
const DEVICE = GATEWAY_PORT.name;

/**
 * Does nothing to a packet. At the end of our nat chain it marks an unfinished repair: damaged
 * rules are replaced, but the connections that they let pass still exist. Without it a restarted
 * agent would take the new rules for a proof that all connections are right.
 */
export const UNREPAIRED_RULE = '-m comment --comment SALLYPORT-UNREPAIRED';

/** The jumps from built-in chains; each has to be the first rule there. */
export const JUMPS: readonly Jump[] = [
  { table: 'raw', from: 'PREROUTING', to: PREROUTING_CHAIN, first: true },
  { table: 'mangle', from: 'PREROUTING', to: PREROUTING_CHAIN, first: true },
  { table: 'mangle', from: 'FORWARD', to: FORWARD_CHAIN, first: true },
  { table: 'filter', from: 'FORWARD', to: FORWARD_CHAIN, first: true },
  { table: 'nat', from: 'POSTROUTING', to: POSTROUTING_CHAIN, first: true },
];

/** Our chains in the words of iptables, with the jumps to them first in the built-in ones. */
export function renderRules(
  { snatIds }: Pick<DesiredNetfilter, 'snatIds'>,
  marks: Marks,
): IptablesState {
  const byId = [...snatIds].sort(([a], [b]) => a - b);
  return {
    chains: [
      { table: 'raw', name: PREROUTING_CHAIN, rules: rawPreroutingRules() },
      { table: 'mangle', name: PREROUTING_CHAIN, rules: manglePreroutingRules(marks) },
      {
        table: 'mangle',
        name: FORWARD_CHAIN,
        rules: mangleForwardRules(
          byId.map(([id]) => renderKnownIdRule(id, marks)),
          marks,
        ),
      },
      { table: 'filter', name: FORWARD_CHAIN, rules: filterForwardRules(marks) },
      {
        table: 'nat',
        name: POSTROUTING_CHAIN,
        rules: [
          ...natGuards(marks),
          ...byId.map(([id, egressIP]) => renderSnatRule(id, egressIP, marks)),
        ],
      },
    ],
    jumps: JUMPS,
  };
}

/** The rules before the SNAT rules: packets that are not translated, whatever their mark. */
export function natGuards(marks: Marks): readonly string[] {
  const notTunnelled = `-m connmark ! --mark ${tunnelled(marks)}`;
  return [
    // A redirected packet keeps the Pod's address, so that the gateway can send replies back.
    `-o ${DEVICE} -j ACCEPT`,
    // Packets of the Node itself or of a Pod without an Egress: their mark is other software's.
    `${notTunnelled} ${NOT_OF_POD} -j RETURN`,
    // The Node of the Pod decides which destinations are internal, even if this Node learns of a
    // change earlier or later.
    `${notTunnelled} ${TO_INTERNAL} -j RETURN`,
  ];
}

/** The connection mark of connections that came through the tunnel. */
function tunnelled({ connmarkBack }: Marks): string {
  return `${hex(connmarkBack)}/${hex(connmarkBack)}`;
}

function rawPreroutingRules(): readonly string[] {
  return [
    // One zone for each egress IP: if a Pod of another Node moves to another Egress here, its
    // connections are translated anew. Replies are looked up in zone 0, like all other packets.
    `-i ${DEVICE} -j CT --zone-orig mark`,
  ];
}

function manglePreroutingRules(marks: Marks): readonly string[] {
  const reply = `-m conntrack --ctdir REPLY -m connmark --mark ${tunnelled(marks)}`;
  return [
    `-i ${DEVICE} ${hasSnatId(marks)} -j CONNMARK --set-xmark ${tunnelled(marks)}`,
    `-i ${DEVICE} -j RETURN`,
    `${reply} -j MARK --set-xmark ${hex(marks.return)}/${ours(marks)}`,
    // Only connections that the Pod opens: its replies to NodePort and other inbound connections
    // go back as they came.
    `${ORIGINAL} -j SET --map-set ${PODS_SET} src --map-mark`,
  ];
}

function hasSnatId({ snatIdMask }: Marks): string {
  return `-m mark ! --mark 0x0/${hex(snatIdMask)}`;
}

function ours(marks: Marks): string {
  return hex(packetMask(marks));
}

/** @param knownIds the rules that let the SNAT ids pass. */
function mangleForwardRules(knownIds: readonly string[], marks: Marks): readonly string[] {
  const hasState = `-m mark ! --mark 0x0/${hex(stateMask(marks))}`;
  return [
    // Once more, as other software may have changed the mark since. A packet that was routed by the
    // changed mark is dropped below, or by OVS.
    `! -i ${DEVICE} ${ORIGINAL} ${TO_EXTERNAL} -j SET --map-set ${PODS_SET} src --map-mark`,
    // The packet is routed and its mark has no use any more. A CNI's tunnel that routes its own
    // packets by the mark (VXLAN does) would be led into ours.
    `! -o ${DEVICE} ${OF_POD} ${ORIGINAL} ${TO_INTERNAL} -j MARK --set-xmark 0x0/${ours(marks)}`,
    // Blocked; or redirected, but the route or the device is missing: it would leave from here.
    `! -o ${DEVICE} ${hasState} ${OF_POD} ${ORIGINAL} ${TO_EXTERNAL} -j DROP`,
    // Internal packets never go through the tunnel, not even while their throw route is missing.
    `-o ${DEVICE} ${OF_POD} ${ORIGINAL} ${TO_INTERNAL} -j DROP`,
    // A packet that conntrack does not know gets no mark and no NAT: it would leave with the Pod's
    // address.
    `${OF_POD} ${UNTRACKED} ${TO_EXTERNAL} -j DROP`,
    `-i ${DEVICE} ${hasSnatId(marks)} ${UNTRACKED} -j DROP`,
    `-o ${DEVICE} -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu`,
    `! -i ${DEVICE} -j RETURN`,
    `-m connmark ! --mark ${tunnelled(marks)} ${ORIGINAL} -j DROP`,
    ...knownIds,
    // No SNAT rule knows the mark. Perhaps other software has changed it on the way. Or the packet
    // is a reply, and the entry of its connection was deleted because its Pod has another egress
    // path now. Such a reply must not make an entry of its own. The Pod's next packet would count
    // as its reply, get no mark and no NAT, and leave with the Pod's address.
    `${ORIGINAL} -j DROP`,
  ];
}

function filterForwardRules(marks: Marks): readonly string[] {
  return [
    // Both have passed the network policies where the connection began. A packet of a local Pod
    // into the tunnel has not: the rules that follow decide about it.
    `-i ${DEVICE} -j ACCEPT`,
    `-o ${DEVICE} -m mark --mark ${hex(marks.return)}/${ours(marks)} -j ACCEPT`,
  ];
}
