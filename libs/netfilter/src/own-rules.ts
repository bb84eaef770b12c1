import type { DesiredNetfilter, Marks } from '@sallyport/dataplane';
import {
  FORWARD_CHAIN,
  GATEWAY_PORT,
  INPUT_CHAIN,
  OUTPUT_CHAIN,
  packetMask,
  POSTROUTING_CHAIN,
  PREROUTING_CHAIN,
  snatMark,
  stateMask,
  TUNNEL_CHAIN,
} from '@sallyport/dataplane';
import type { IptablesTable } from './netfilter-state.ts';
import type { Action, Match, Rule } from './rule.ts';

/** A chain of ours, in no backend's words. The name is the one in iptables. */
export interface OwnChain {
  readonly table: IptablesTable;
  readonly name: string;
  readonly rules: readonly Rule[];
}

const DEVICE = GATEWAY_PORT.name;
const IN: Match = { kind: 'in', device: DEVICE };
const NOT_IN: Match = { ...IN, not: true };
const OUT: Match = { kind: 'out', device: DEVICE };
const NOT_OUT: Match = { ...OUT, not: true };
const ORIGINAL: Match = { kind: 'direction', direction: 'original' };
const UNKNOWN: Match = { kind: 'state', states: ['invalid', 'untracked'] };
const TO_INTERNAL: Match = { kind: 'set', set: 'internal', side: 'destination' };
const TO_EXTERNAL: Match = { ...TO_INTERNAL, not: true };
const FROM_EXTERNAL: Match = { kind: 'set', set: 'internal', side: 'source', not: true };
const OF_POD: Match = { kind: 'set', set: 'pods', side: 'source' };
const NOT_OF_POD: Match = { ...OF_POD, not: true };
const FROM_NODE: Match = { kind: 'set', set: 'nodes', side: 'source' };
const TO_NODE: Match = { kind: 'set', set: 'nodes', side: 'destination' };
const TUNNEL: Action = { kind: 'call', chain: TUNNEL_CHAIN };

/** Our chains with their rules in order. */
export function ownChains(
  { snatIds, tunnelPort }: Pick<DesiredNetfilter, 'snatIds' | 'tunnelPort'>,
  marks: Marks,
): readonly OwnChain[] {
  const ids = [...snatIds].sort(([a], [b]) => a - b);
  return [
    { table: 'raw', name: PREROUTING_CHAIN, rules: rawPreroutingRules(marks) },
    { table: 'raw', name: OUTPUT_CHAIN, rules: rawOutputRules(tunnelPort) },
    { table: 'raw', name: TUNNEL_CHAIN, rules: rawTunnelRules(tunnelPort) },
    { table: 'mangle', name: PREROUTING_CHAIN, rules: manglePreroutingRules(marks) },
    { table: 'mangle', name: INPUT_CHAIN, rules: mangleInputRules() },
    {
      table: 'mangle',
      name: FORWARD_CHAIN,
      rules: mangleForwardRules(
        ids.map(([id]) => knownIdRule(id, marks)),
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
        ...ids.map(([snatId, egressIP]) => snatRule(snatId, egressIP, marks)),
      ],
    },
  ];
}

/** The rules before the SNAT rules: packets that are not translated, whatever their mark. */
export function natGuards(marks: Marks): readonly Rule[] {
  const notTunnelled: Match = { ...tunnelled(marks), not: true };
  return [
    // A redirected packet keeps the Pod's address, so that the gateway can send replies back.
    rule([OUT], { kind: 'keep-source' }),
    // Packets of the Node itself or of a Pod without an Egress: their mark is other software's.
    rule([notTunnelled, NOT_OF_POD], { kind: 'return' }),
    // The Node of the Pod decides which destinations are internal, even if this Node learns of a
    // change earlier or later.
    rule([notTunnelled, TO_INTERNAL], { kind: 'return' }),
  ];
}

/** The rule that lets packets of the tunnel pass, as there is a SNAT rule for their id. */
export function knownIdRule(id: number, marks: Marks): Rule {
  return rule([hasId(id, marks)], { kind: 'return' });
}

/** The rule that translates packets with a SNAT id to an egress IP. */
export function snatRule(snatId: number, egressIP: string, marks: Marks): Rule {
  return rule([hasId(snatId, marks)], { kind: 'translate', snatId, egressIP });
}

function rule(when: readonly Match[], action: Action): Rule {
  return { when, action };
}

function hasId(id: number, marks: Marks): Match {
  return { kind: 'mark', value: snatMark(id, marks), mask: packetMask(marks) };
}

/** The connection mark of connections that came through the tunnel. */
function tunnelled({ connmarkBack }: Marks): Extract<Match, { kind: 'connmark' }> {
  return { kind: 'connmark', value: connmarkBack, mask: connmarkBack };
}

function rawPreroutingRules(marks: Marks): readonly Rule[] {
  return [
    rule([], TUNNEL),
    // One zone for each egress IP: if a Pod of another Node moves to another Egress here, its
    // connections are translated anew. Replies are looked up in zone 0, like all other packets.
    rule([IN, hasSnatId(marks)], { kind: 'zone-by-mark' }),
  ];
}

/** Packets of the tunnel that arrive. */
function rawTunnelRules(port: number): readonly Rule[] {
  const arriving: readonly Match[] = [{ kind: 'udp-port', port }, { kind: 'to-this-node' }];
  return [
    // A Pod that forges the address of a Node sends from a device that does not lead to that Node.
    rule([...arriving, { kind: 'forged' }], { kind: 'drop' }),
    rule([...arriving, FROM_NODE], { kind: 'untrack' }),
  ];
}

/** Packets of the tunnel that leave. */
function rawOutputRules(port: number): readonly Rule[] {
  // Without a conntrack entry no masquerade of other software gives them another source.
  return [rule([{ kind: 'udp-port', port }, TO_NODE], { kind: 'untrack' })];
}

/**
 * A Node does not forward packets of the tunnel. A packet from a Pod to the tunnel port of a Node
 * would be masqueraded to the address of this Node, which that Node believes. The rule comes after
 * destination NAT, so that no Service or host port leads there.
 */
function mangleTunnelRules(port: number): readonly Rule[] {
  return [rule([{ kind: 'udp-port', port }, TO_NODE], { kind: 'drop' })];
}

/** Packets of the tunnel are for Pods or for the external network, never for the Node itself. */
function mangleInputRules(): readonly Rule[] {
  return [rule([IN], { kind: 'drop' })];
}

function manglePreroutingRules(marks: Marks): readonly Rule[] {
  const { connmarkBack } = marks;
  return [
    rule([IN, hasSnatId(marks)], {
      kind: 'set-connmark',
      value: connmarkBack,
      mask: connmarkBack,
    }),
    rule([IN], { kind: 'return' }),
    rule([{ kind: 'direction', direction: 'reply' }, tunnelled(marks)], {
      kind: 'set-mark',
      value: marks.return,
      mask: packetMask(marks),
    }),
    // Only connections that the Pod opens: its replies to NodePort and other inbound connections
    // go back as they came.
    rule([ORIGINAL], { kind: 'mark-by-path' }),
  ];
}

function hasSnatId({ snatIdMask }: Marks): Match {
  return { kind: 'mark', value: 0, mask: snatIdMask, not: true };
}

/** @param knownIds the rules that let the SNAT ids pass. */
function mangleForwardRules(knownIds: readonly Rule[], marks: Marks): readonly Rule[] {
  const hasState: Match = { kind: 'mark', value: 0, mask: stateMask(marks), not: true };
  const drop: Action = { kind: 'drop' };
  return [
    rule([], TUNNEL),
    // Once more, as other software may have changed the mark since. A packet that was routed by the
    // changed mark is dropped below, or by OVS.
    rule([NOT_IN, ORIGINAL, TO_EXTERNAL], { kind: 'mark-by-path' }),
    // The packet is routed and its mark has no use any more. A CNI's tunnel that routes its own
    // packets by the mark (VXLAN does) would be led into ours.
    rule([NOT_OUT, OF_POD, ORIGINAL, TO_INTERNAL], {
      kind: 'set-mark',
      value: 0,
      mask: packetMask(marks),
    }),
    // Blocked; or redirected, but the route or the device is missing: it would leave from here.
    rule([NOT_OUT, hasState, OF_POD, ORIGINAL, TO_EXTERNAL], drop),
    // Internal packets never go through the tunnel, not even while their throw route is missing.
    rule([OUT, OF_POD, ORIGINAL, TO_INTERNAL], drop),
    // A packet that conntrack does not know gets no mark and no NAT: it would leave with the Pod's
    // address.
    rule([OF_POD, UNKNOWN, TO_EXTERNAL], drop),
    rule([IN, UNKNOWN], drop),
    rule([OUT, { kind: 'tcp-syn' }], { kind: 'clamp-mss' }),
    rule([NOT_IN], { kind: 'return' }),
    // Without a SNAT id, only replies of known connections come through the tunnel.
    rule([{ ...tunnelled(marks), not: true }, ORIGINAL], drop),
    // Only a Pod uses an egress IP, and only to the external network. The network policies for the
    // Pods and Nodes of this cluster see no packet that took this way around them.
    rule([ORIGINAL, TO_INTERNAL], drop),
    rule([ORIGINAL, FROM_EXTERNAL], drop),
    rule([ORIGINAL, FROM_NODE], drop),
    ...knownIds,
    // No SNAT rule knows the mark. Perhaps other software has changed it on the way. Or the packet
    // is a reply, and the entry of its connection was deleted because its Pod has another egress
    // path now. Such a reply must not make an entry of its own. The Pod's next packet would count
    // as its reply, get no mark and no NAT, and leave with the Pod's address.
    rule([ORIGINAL], drop),
  ];
}

function filterForwardRules(marks: Marks): readonly Rule[] {
  const accept: Action = { kind: 'accept' };
  return [
    // These have passed the network policies where the connection began; mangle has dropped all
    // others out of the tunnel. A packet of a local Pod into the tunnel has not passed them: the
    // rules that follow decide about it.
    rule([IN, { kind: 'state', states: ['related', 'established'] }], accept),
    rule([IN, hasSnatId(marks)], accept),
    rule([OUT, { kind: 'mark', value: marks.return, mask: packetMask(marks) }], accept),
  ];
}
