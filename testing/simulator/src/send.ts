import type { FakeConnection } from '@sallyport/conntrack/testing';
import type { RoutingState } from '@sallyport/dataplane';
import {
  FORWARD_CHAIN,
  GATEWAY_PORT,
  POSTROUTING_CHAIN,
  PREROUTING_CHAIN,
} from '@sallyport/dataplane';
import type { IptablesTable, NftTable } from '@sallyport/netfilter';
import type { Packet, Verdict } from '@sallyport/netfilter/testing';
import { contains, evaluateChain } from '@sallyport/netfilter/testing';
import { evaluateFlows } from '@sallyport/ovs/testing';
import type { World } from './world.ts';

/** The next packet of a connection that a Pod opened. */
export interface Shot {
  readonly source: string;
  readonly destination: string;
  /** Tells the connections of one pair of addresses apart. */
  readonly port: number;
  /** The tunnel id it comes with, when the Pod is on another Node. */
  readonly tunnelID?: number;
  /** The Node that sends it through the tunnel; n2 by default. */
  readonly tunnelSource?: string;
  /** A packet that conntrack refuses to look at. */
  readonly invalid?: boolean;
  /** The Node itself sends it. */
  readonly ofNode?: boolean;
  /** Other software changes its mark, before our rules see it or after they have marked it. */
  readonly foreignMark?: { readonly before?: number; readonly after?: (mark: number) => number };
}

type NftSet = NonNullable<ReturnType<NftTable['sets']['get']>>;

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
  let packet = arrive(world, shot);
  if (packet === undefined) {
    return { world, outcome: 'dropped' };
  }
  packet = through(world, 'raw', 'PREROUTING', PREROUTING_CHAIN, packet).packet;
  const zone = packet.zone ?? 0;
  const known = world.connections.find(
    (connection) => isOf(connection, shot) && connection.zone === zone,
  );
  packet = { ...packet, connmark: known?.connmark ?? 0, ctState: stateOf(shot, known) };
  if (shot.ofNode !== true) {
    packet = through(world, 'mangle', 'PREROUTING', PREROUTING_CHAIN, packet).packet;
  }
  packet = { ...packet, mark: shot.foreignMark?.after?.(packet.mark) ?? packet.mark };
  packet = { ...packet, outDevice: route(world, packet) };
  if (shot.ofNode !== true) {
    const forward = through(world, 'mangle', 'FORWARD', FORWARD_CHAIN, packet);
    if (forward.verdict.kind === 'drop') {
      return { world, outcome: 'dropped' };
    }
    packet = forward.packet;
  }
  const translatedSource = sourceOf(world, shot, known, packet);
  if (isStopped(world, packet, translatedSource)) {
    return { world, outcome: 'dropped' };
  }
  const { source, destination, port } = shot;
  const entry = { zone, source, destination, port, translatedSource, connmark: packet.connmark };
  const connections =
    shot.invalid === true
      ? world.connections
      : [...world.connections.filter((other) => other !== known), entry];
  return { world: { ...world, connections }, outcome: leave(world, packet, translatedSource) };
}

function sourceOf(
  world: World,
  { invalid, source }: Shot,
  known: FakeConnection | undefined,
  packet: Packet,
): string {
  return invalid === true ? source : (known?.translatedSource ?? translate(world, packet));
}

/**
 * A local Pod's packet comes from its own device; another's through the tunnel and the bridge,
 * which may give it a mark.
 */
function arrive({ ovs }: World, shot: Shot): Packet | undefined {
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
  return outcome.kind === 'gateway-port'
    ? { ...packet, inDevice: GW, mark: outcome.mark }
    : undefined;
}

function through(
  world: World,
  table: IptablesTable,
  from: string,
  chain: string,
  packet: Packet,
): { readonly packet: Packet; readonly verdict: Verdict } {
  return world.rules.jumps.some(
    (jump) => jump.table === table && jump.from === from && jump.to === chain,
  )
    ? evaluateChain(world, { table, name: chain }, packet)
    : { packet, verdict: { kind: 'continue' } };
}

function isOf({ source, destination, port }: FakeConnection, shot: Shot): boolean {
  return source === shot.source && destination === shot.destination && port === shot.port;
}

function stateOf({ invalid }: Shot, known: FakeConnection | undefined): Packet['ctState'] {
  return invalid === true ? 'INVALID' : known === undefined ? 'NEW' : 'ESTABLISHED';
}

/**
 * The device a packet is routed to: ours by a rule, a table and its default route, else the CNI's.
 */
function route(
  { routing }: { readonly routing: RoutingState },
  { mark, destination }: Packet,
): string {
  for (const rule of [...routing.rules].sort((a, b) => a.priority - b.priority)) {
    if ((mark & rule.mask) !== rule.mark) {
      continue;
    }
    const routes = routing.routes.filter(({ table }) => table === rule.table);
    const thrown = routes.some(
      ({ kind, destination: cidr }) => kind === 'throw' && contains(cidr, destination),
    );
    if (
      !thrown &&
      routes.some(({ kind }) => kind === 'gateway') &&
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
function translate(world: World, packet: Packet): string {
  const byCni = contains(POD_CIDR, packet.destination) ? packet.source : world.nodeIP;
  const jump = world.rules.jumps.find(({ to }) => to === POSTROUTING_CHAIN);
  if (jump?.first !== true) {
    return byCni;
  }
  const { verdict } = through(world, 'nat', 'POSTROUTING', POSTROUTING_CHAIN, packet);
  switch (verdict.kind) {
    case 'snat':
      return verdict.to;
    case 'accept':
      return packet.source;
    case 'drop':
    case 'continue':
      return byCni;
  }
}

/**
 * The guard of nftables: after all NAT, no other source of a selected Pod leaves. Each of its rules
 * is known by the condition that no other one has.
 */
function isStopped({ nft }: World, packet: Packet, translatedSource: string): boolean {
  const { source, destination, inDevice, outDevice, ctState } = packet;
  const { sets = new Map<string, NftSet>(), chains } = nft?.guard ?? {};
  if (outDevice === GW || isInternal(sets.get('internal4'), destination)) {
    return false;
  }
  const has = (set: string, key: string): boolean => sets.get(set)?.elements.has(key) === true;
  const conditions = {
    '@sources4':
      ctState !== 'INVALID' &&
      has('pods4', source) &&
      !has('sources4', `${source} . ${translatedSource}`),
    'ct state invalid': ctState === 'INVALID' && has('pods4', source),
    '@egress4': inDevice === GW && !has('egress4', translatedSource),
  };
  const rules = chains?.get('postrouting')?.rules ?? [];
  return Object.entries(conditions).some(
    ([condition, holds]) => holds && rules.some(({ text }) => text.includes(condition)),
  );
}

function isInternal(internal: NftSet | undefined, destination: string): boolean {
  return [...(internal?.elements.keys() ?? [])].some((cidr) =>
    contains(cidr.includes('/') ? cidr : `${cidr}/32`, destination),
  );
}

function leave({ ovs, nodeIP }: World, packet: Packet, source: string): Outcome {
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
  if (outcome.kind !== 'tunnel') {
    return 'dropped';
  }
  const from = outcome.ownIP === nodeIP ? '' : ' from the wrong end';
  return `tunnel ${outcome.tunnelID} to ${outcome.nodeIP}${from}${outcome.mark === 0 ? '' : ', in a loop'}`;
}
