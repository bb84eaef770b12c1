import type { DesiredNetfilter, Marks } from '@sallyport/dataplane';
import {
  FORWARD_CHAIN,
  GATEWAY_PORT,
  hex,
  INPUT_CHAIN,
  INTERNAL_SET,
  NODES_SET,
  OUTPUT_CHAIN,
  packetMask,
  PODS_SET,
  POSTROUTING_CHAIN,
  PREROUTING_CHAIN,
  stateMask,
  TUNNEL_CHAIN,
} from '@sallyport/dataplane';
import type { IptablesState, Jump } from './netfilter-state.ts';
import { renderKnownIdRule, renderSnatRule } from './snat-rules.ts';

const TO_INTERNAL = `-m set --match-set ${INTERNAL_SET} dst`;
const TO_EXTERNAL = `-m set ! --match-set ${INTERNAL_SET} dst`;
const OF_POD = `-m set --match-set ${PODS_SET} src`;
const NOT_OF_POD = `-m set ! --match-set ${PODS_SET} src`;
const FROM_NODE = `-m set --match-set ${NODES_SET} src`;
const TO_NODE = `-m set --match-set ${NODES_SET} dst`;
const UNTRACK = '-j CT --notrack';
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
  { table: 'raw', from: 'OUTPUT', to: OUTPUT_CHAIN, first: true },
  { table: 'mangle', from: 'PREROUTING', to: PREROUTING_CHAIN, first: true },
  { table: 'mangle', from: 'INPUT', to: INPUT_CHAIN, first: true },
  { table: 'mangle', from: 'FORWARD', to: FORWARD_CHAIN, first: true },
  { table: 'filter', from: 'FORWARD', to: FORWARD_CHAIN, first: true },
  { table: 'nat', from: 'POSTROUTING', to: POSTROUTING_CHAIN, first: true },
];

/** Our chains in the words of iptables, with the jumps to them first in the built-in ones. */
export function renderRules(
  { snatIds, tunnelPort }: Pick<DesiredNetfilter, 'snatIds' | 'tunnelPort'>,
  marks: Marks,
): IptablesState {
  const byId = [...snatIds].sort(([a], [b]) => a - b);
  return {
    chains: [
      { table: 'raw', name: PREROUTING_CHAIN, rules: rawPreroutingRules() },
      { table: 'raw', name: OUTPUT_CHAIN, rules: rawOutputRules(tunnelPort) },
      { table: 'raw', name: TUNNEL_CHAIN, rules: rawTunnelRules(tunnelPort) },
      { table: 'mangle', name: PREROUTING_CHAIN, rules: manglePreroutingRules(marks) },
      { table: 'mangle', name: INPUT_CHAIN, rules: mangleInputRules() },
      {
        table: 'mangle',
        name: FORWARD_CHAIN,
        rules: mangleForwardRules(
          byId.map(([id]) => renderKnownIdRule(id, marks)),
          marks,
        ),
      },
      { table: 'mangle', name: TUNNEL_CHAIN, rules: mangleTunnelRules(tunnelPort) },
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
    `-j ${TUNNEL_CHAIN}`,
    // One zone for each egress IP: if a Pod of another Node moves to another Egress here, its
    // connections are translated anew. Replies are looked up in zone 0, like all other packets.
    `-i ${DEVICE} -j CT --zone-orig mark`,
  ];
}

/** Packets of the tunnel that arrive. */
function rawTunnelRules(port: number): readonly string[] {
  const arriving = `-p udp -m udp --dport ${port} -m addrtype --dst-type LOCAL`;
  return [
    // A Pod that forges the address of a Node sends from a device that does not lead to that Node.
    `${arriving} -m rpfilter --invert -j DROP`,
    `${arriving} ${FROM_NODE} ${UNTRACK}`,
  ];
}

/** Packets of the tunnel that leave. */
function rawOutputRules(port: number): readonly string[] {
  // Without a conntrack entry no masquerade of other software gives them another source.
  return [`-p udp -m udp --dport ${port} ${TO_NODE} ${UNTRACK}`];
}

/**
 * A Node does not forward packets of the tunnel. A packet from a Pod to the tunnel port of a Node
 * would be masqueraded to the address of this Node, which that Node believes. The rule comes after
 * destination NAT, so that no Service or host port leads there.
 */
function mangleTunnelRules(port: number): readonly string[] {
  return [`-p udp -m udp --dport ${port} ${TO_NODE} -j DROP`];
}

/** Packets of the tunnel are for Pods or for the external network, never for the Node itself. */
function mangleInputRules(): readonly string[] {
  return [`-i ${DEVICE} -j DROP`];
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
    `-j ${TUNNEL_CHAIN}`,
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
    `-i ${DEVICE} ${UNTRACKED} -j DROP`,
    `-o ${DEVICE} -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu`,
    `! -i ${DEVICE} -j RETURN`,
    // Without a SNAT id, only replies of known connections come through the tunnel.
    `-m connmark ! --mark ${tunnelled(marks)} ${ORIGINAL} -j DROP`,
    // Only a Pod uses an egress IP, and only to the external network. The network policies for the
    // Pods and Nodes of this cluster see no packet that took this way around them.
    `${ORIGINAL} ${TO_INTERNAL} -j DROP`,
    `${ORIGINAL} -m set ! --match-set ${INTERNAL_SET} src -j DROP`,
    `${ORIGINAL} ${FROM_NODE} -j DROP`,
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
    // These have passed the network policies where the connection began; mangle has dropped all
    // others out of the tunnel. A packet of a local Pod into the tunnel has not passed them: the
    // rules that follow decide about it.
    `-i ${DEVICE} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    `-i ${DEVICE} ${hasSnatId(marks)} -j ACCEPT`,
    `-o ${DEVICE} -m mark --mark ${hex(marks.return)}/${ours(marks)} -j ACCEPT`,
  ];
}
