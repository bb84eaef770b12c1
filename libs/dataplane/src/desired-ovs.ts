import { CT_ZONE, FLOW_PRIORITIES, GATEWAY_PORT, OVS_TABLES, TUNNEL_PORT } from './constants.ts';
import type { Marks } from './marks.ts';
import { hex, snatMark } from './marks.ts';
import type { Flow, Group, OvsPort, OvsState } from './state.ts';
import type { WayOut, WaysOut } from './ways-out.ts';

/** The tunnel as one Node sees it. */
export interface Tunnel {
  /** The Node's own end: where others send to, and what they know it by. */
  readonly ip: string;
  /** The ends of the other Nodes. */
  readonly peers: readonly string[];
  readonly udpPort: number;
}

const TO_GATEWAY_PORT = `set_field:${GATEWAY_PORT.mac}->eth_dst`;
// The kernel routes the outer packet by the mark of the inner one: a mark of ours would send it
// back into the bridge.
const CLEAR_MARK = 'set_field:0->pkt_mark';

/** The content of the bridge of one Node. */
export function desiredOvs({ egresses, pods }: WaysOut, tunnel: Tunnel, marks: Marks): OvsState {
  return {
    bridge: { failMode: 'secure', ports: portsOf(tunnel) },
    flows: [
      ...staticFlows(tunnel),
      ...tunnel.peers.map(peerFlow),
      ...[...pods].flatMap(([ip, wayOut]) => podFlows(ip, wayOut)),
      ...[...egresses.values()].flatMap((wayOut) => gatewayFlows(wayOut, marks)),
    ],
    groups: [...egresses.values()].flatMap((wayOut) => groups(wayOut, tunnel)),
  };
}

/** The ports of the bridge: every packet names both ends of the tunnel and its id. */
function portsOf({ udpPort }: Tunnel): readonly OvsPort[] {
  return [
    {
      name: TUNNEL_PORT.name,
      type: 'geneve',
      ofport: TUNNEL_PORT.ofport,
      // Only with local_ip=flow does a packet leave from the tun_src that the flows set. Ports with
      // one dst_port share a device of the kernel, and Open vSwitch takes two whose options differ
      // for two tunnels, but gives every packet to one: see docs/dataplane.md.
      options: { dst_port: `${udpPort}`, key: 'flow', local_ip: 'flow', remote_ip: 'flow' },
    },
    {
      name: GATEWAY_PORT.name,
      type: 'internal',
      ofport: GATEWAY_PORT.ofport,
      options: {},
      mac: GATEWAY_PORT.mac,
    },
  ];
}

function staticFlows(tunnel: Tunnel): readonly Flow[] {
  return [
    {
      table: OVS_TABLES.tunnel,
      priority: FLOW_PRIORITIES.tunnelReturn,
      match: `ip,tun_id=0,tun_dst=${tunnel.ip}`,
      actions: `${TO_GATEWAY_PORT},${CLEAR_MARK},output:${GATEWAY_PORT.ofport}`,
    },
    {
      table: OVS_TABLES.classify,
      priority: FLOW_PRIORITIES.reply,
      match: `ip,in_port=${GATEWAY_PORT.ofport}`,
      actions: `ct(table=${OVS_TABLES.return},zone=${CT_ZONE})`,
    },
    {
      table: OVS_TABLES.return,
      priority: FLOW_PRIORITIES.known,
      match: 'ct_state=+rpl+trk,ip',
      actions:
        `${CLEAR_MARK},set_field:0->tun_id,${fromOwnEnd(tunnel)},move:NXM_NX_CT_LABEL[0..31]->NXM_NX_TUN_IPV4_DST[],` +
        `output:${TUNNEL_PORT.ofport}`,
    },
    ...Object.values(OVS_TABLES).map((table) => ({
      table,
      priority: FLOW_PRIORITIES.miss,
      match: '',
      actions: 'drop',
    })),
  ];
}

// Not left to the kernel, which may have other addresses on the device: the others would not know
// it.
function fromOwnEnd({ ip }: Tunnel): string {
  return `set_field:${ip}->tun_src`;
}

/**
 * Whom packets of the tunnel are taken from. A Node that this one has not heard of yet has to wait.
 */
function peerFlow(ip: string): Flow {
  return {
    table: OVS_TABLES.classify,
    priority: FLOW_PRIORITIES.known,
    match: `ip,tun_src=${ip},in_port=${TUNNEL_PORT.ofport}`,
    actions: `goto_table:${OVS_TABLES.tunnel}`,
  };
}

/** On the Node of a Pod: to the group of its Egress. */
function podFlows(ip: string, wayOut: WayOut): readonly Flow[] {
  return wayOut.way === 'redirect'
    ? [
        {
          table: OVS_TABLES.classify,
          priority: FLOW_PRIORITIES.known,
          match: `ip,in_port=${GATEWAY_PORT.ofport},nw_src=${ip}`,
          actions: `group:${wayOut.tunnelID}`,
        },
      ]
    : [];
}

/**
 * On the gateway: keeps where the connection came from, then lets the IP stack send it with the
 * SNAT id.
 */
function gatewayFlows(wayOut: WayOut, marks: Marks): readonly Flow[] {
  return wayOut.way === 'snat'
    ? [
        {
          table: OVS_TABLES.tunnel,
          priority: FLOW_PRIORITIES.known,
          match: `ip,tun_id=${hex(wayOut.tunnelID)}`,
          actions:
            `ct(commit,table=${OVS_TABLES.gateway},zone=${CT_ZONE},` +
            'exec(move:NXM_NX_TUN_IPV4_SRC[]->NXM_NX_CT_LABEL[0..31]))',
        },
        {
          table: OVS_TABLES.gateway,
          priority: FLOW_PRIORITIES.known,
          match: `ip,tun_id=${hex(wayOut.tunnelID)}`,
          actions: `${TO_GATEWAY_PORT},set_field:${hex(snatMark(wayOut.snatId, marks))}->pkt_mark,output:${GATEWAY_PORT.ofport}`,
        },
      ]
    : [];
}

/**
 * On the Node of a Pod: where the gateway of an Egress is, so that a move of the IP is a change of
 * one group.
 */
function groups(wayOut: WayOut, tunnel: Tunnel): readonly Group[] {
  return wayOut.way === 'redirect'
    ? [
        {
          id: wayOut.tunnelID,
          type: 'indirect',
          buckets: [
            `bucket_id:0,actions=${CLEAR_MARK},set_field:${hex(wayOut.tunnelID)}->tun_id,` +
              `${fromOwnEnd(tunnel)},set_field:${wayOut.nodeIP}->tun_dst,output:${TUNNEL_PORT.ofport}`,
          ],
        },
      ]
    : [];
}
