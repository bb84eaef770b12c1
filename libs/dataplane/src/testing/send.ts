import { FORWARD_CHAIN, GATEWAY_PORT, POSTROUTING_CHAIN, PREROUTING_CHAIN } from '../constants.ts';
import type { DataplaneState, IptablesTable } from '../state.ts';
import type { Packet, Verdict } from './evaluate-chain.ts';
import { evaluateChain } from './evaluate-chain.ts';
import { evaluateFlows } from './evaluate-flows.ts';
import type { Connection, World } from './world.ts';
import { contains } from './world.ts';

/** The next packet of a connection that a Pod opened. */
export interface Shot {
  readonly source: string;
  readonly destination: string;
  /** Tells the connections of one pair of addresses apart. */
  readonly port: number;
  /** The tunnel id it comes with, when the Pod is on another Node. */
  readonly tunnelID?: number;
  /** Who sends it through the tunnel; the Node n2 unless said otherwise. */
  readonly tunnelSource?: string;
  /** A packet that conntrack refuses to look at. */
  readonly invalid?: boolean;
  /** The Node itself sends it. */
  readonly ofNode?: boolean;
  /** What other software does to its mark, before our rules see it and once they have marked it. */
  readonly foreignMark?: { readonly before?: number; readonly after?: (mark: number) => number };
}

/** `dropped`, `leaves as <source>` or `tunnel <id> to <Node IP>`. */
export type Outcome = string;

const POD_CIDR = '10.244.0.0/16';
const PEER = '192.168.77.12';
const GW = GATEWAY_PORT.name;

/**
 * Sends one packet through the Node as its rules are now, and lets conntrack remember the
 * connection.
 */
export function send(
  world: World,
  shot: Shot,
): { readonly world: World; readonly outcome: Outcome } {
  const { state } = world;
  let packet = arrive(state, shot);
  if (packet === undefined) {
    return { world, outcome: 'dropped' };
  }
  packet = through(state, 'raw', 'PREROUTING', PREROUTING_CHAIN, packet).packet;
  const zone = packet.zone ?? 0;
  const known = world.connections.find(
    (connection) => isOf(connection, shot) && connection.zone === zone,
  );
  packet = { ...packet, connmark: known?.connmark ?? 0, ctState: stateOf(shot, known) };
  if (shot.ofNode !== true) {
    packet = through(state, 'mangle', 'PREROUTING', PREROUTING_CHAIN, packet).packet;
  }
  packet = { ...packet, mark: shot.foreignMark?.after?.(packet.mark) ?? packet.mark };
  packet = { ...packet, outDevice: route(state, packet) };
  if (shot.ofNode !== true) {
    const forward = through(state, 'mangle', 'FORWARD', FORWARD_CHAIN, packet);
    if (forward.result.verdict === 'DROP') {
      return { world, outcome: 'dropped' };
    }
    packet = forward.packet;
  }
  const translatedSource =
    shot.invalid === true ? shot.source : (known?.translatedSource ?? translate(world, packet));
  const { source, destination, port } = shot;
  const entry = { zone, source, destination, port, translatedSource, connmark: packet.connmark };
  const connections =
    shot.invalid === true
      ? world.connections
      : [...world.connections.filter((other) => other !== known), entry];
  return { world: { ...world, connections }, outcome: leave(world, packet, translatedSource) };
}

/**
 * A local Pod's packet comes from its own device; another's through the tunnel and the bridge,
 * which may give it a mark.
 */
function arrive({ ovs }: DataplaneState, shot: Shot): Packet | undefined {
  const { source, destination, tunnelID, tunnelSource = PEER, foreignMark } = shot;
  const packet = { source, destination, mark: 0, connmark: 0, ctState: 'NEW' as const };
  if (tunnelID === undefined) {
    return { ...packet, inDevice: 'pod', mark: foreignMark?.before ?? 0 };
  }
  const outcome = evaluateFlows(ovs, {
    inPort: 1,
    source,
    tunnelID,
    tunnelSource,
    tunnelDestination: '',
  });
  return outcome.to === 'gateway-port'
    ? { ...packet, inDevice: GW, mark: outcome.mark }
    : undefined;
}

function through(
  { iptables, ipsets }: DataplaneState,
  table: IptablesTable,
  from: string,
  chain: string,
  packet: Packet,
): { readonly packet: Packet; readonly result: Verdict } {
  return iptables.jumps.some(
    (jump) => jump.table === table && jump.from === from && jump.to === chain,
  )
    ? evaluateChain(iptables, ipsets, { table, name: chain }, packet)
    : { packet, result: { verdict: 'continue' } };
}

function isOf({ source, destination, port }: Connection, shot: Shot): boolean {
  return source === shot.source && destination === shot.destination && port === shot.port;
}

function stateOf({ invalid }: Shot, known: Connection | undefined): Packet['ctState'] {
  return invalid === true ? 'INVALID' : known === undefined ? 'NEW' : 'ESTABLISHED';
}

/**
 * The device a packet is routed to: ours by a rule, a table and its default route, else the CNI's.
 */
function route({ routing }: DataplaneState, { mark, destination }: Packet): string {
  for (const rule of [...routing.rules].sort((a, b) => a.priority - b.priority)) {
    if ((mark & rule.mask) !== rule.mark) {
      continue;
    }
    const routes = routing.routes.filter(({ table }) => table === rule.table);
    const thrown = routes.some(
      ({ type, destination: cidr }) => type === 'throw' && contains(cidr, destination),
    );
    if (
      !thrown &&
      routes.some(({ type }) => type === 'gateway') &&
      routing.gatewayLink?.up === true
    ) {
      return GW;
    }
  }
  return 'eth0';
}

/**
 * The source of a new connection: by our rules, else by the CNI's, which may also have put itself
 * in front of them.
 */
function translate({ state, nodeIP }: World, packet: Packet): string {
  const byCni = contains(POD_CIDR, packet.destination) ? packet.source : nodeIP;
  const jump = state.iptables.jumps.find(({ to }) => to === POSTROUTING_CHAIN);
  if (jump?.first !== true) {
    return byCni;
  }
  const { result } = through(state, 'nat', 'POSTROUTING', POSTROUTING_CHAIN, packet);
  switch (result.verdict) {
    case 'SNAT':
      return result.to;
    case 'ACCEPT':
      return packet.source;
    case 'DROP':
    case 'continue':
      return byCni;
  }
}

function leave({ state: { ovs }, nodeIP }: World, packet: Packet, source: string): Outcome {
  if (packet.outDevice !== GW) {
    return `leaves as ${source}`;
  }
  const outcome = evaluateFlows(ovs, {
    inPort: 2,
    source,
    tunnelID: 0,
    tunnelSource: '',
    tunnelDestination: '',
  });
  if (outcome.to !== 'tunnel') {
    return 'dropped';
  }
  const from = outcome.ownIP === nodeIP ? '' : ' from the wrong end';
  return `tunnel ${outcome.tunnelID} to ${outcome.nodeIP}${from}${outcome.mark === 0 ? '' : ', in a loop'}`;
}
