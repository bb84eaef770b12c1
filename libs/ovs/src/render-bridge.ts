import type { DesiredBridge, Marks } from '@sallyport/dataplane';
import {
  CT_ZONE,
  FLOW_PRIORITIES,
  GATEWAY_PORT,
  hex,
  OVS_TABLES,
  snatMark,
  TUNNEL_PORT,
} from '@sallyport/dataplane';
import type { Flow, Group, OvsPort, OvsState } from './ovs-state.ts';

const TO_GATEWAY_PORT = `set_field:${GATEWAY_PORT.mac}->eth_dst`;
// The kernel routes the outer packet by the mark of the inner one: a mark of ours would send it
// back into the bridge.
const CLEAR_MARK = 'set_field:0->pkt_mark';

/** The content of the bridge in OpenFlow's words. */
export function renderBridge(desired: DesiredBridge, marks: Marks): OvsState {
  return {
    bridge: { failMode: 'secure', ports: ports(desired) },
    flows: [
      ...staticFlows(desired, marks),
      ...[...desired.gateways.keys()].map((tunnelId) => tooLargeFlow(tunnelId, marks)),
      ...desired.peers.map(peerFlow),
      ...[...desired.redirects].map(([ip, tunnelId]) => podFlow(ip, tunnelId)),
      ...[...desired.translations].flatMap(([tunnelId, snatId]) =>
        gatewayFlows(tunnelId, snatMark(snatId, marks)),
      ),
    ],
    groups: [...desired.gateways].map(([tunnelId, nodeIP]) => group(tunnelId, nodeIP, desired)),
  };
}

/** The ports of the bridge: every packet names both ends of the tunnel and its id. */
function ports({ udpPort }: DesiredBridge): readonly OvsPort[] {
  return [
    {
      name: TUNNEL_PORT.name,
      type: 'geneve',
      ofport: TUNNEL_PORT.ofport,
      // Only with local_ip=flow does a packet leave from the tun_src that the flows set. Ports with
      // one dst_port share a device of the kernel. Open vSwitch takes two ports with different
      // options for two tunnels, but gives every packet to one: see docs/dataplane.md.
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

function staticFlows({ ip }: DesiredBridge, marks: Marks): readonly Flow[] {
  return [
    {
      table: OVS_TABLES.tunnel,
      priority: FLOW_PRIORITIES.tunnelReturn,
      match: `ip,tun_id=0,tun_dst=${ip}`,
      actions: toIpStack(marks.redirect),
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
        `${CLEAR_MARK},set_field:0->tun_id,${fromOwnEnd(ip)},move:NXM_NX_CT_LABEL[0..31]->NXM_NX_TUN_IPV4_DST[],` +
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

/**
 * To the kernel's IP stack. The mark redirect of a reply leads the check of its source back to
 * egress-gw0, so it needs no other route to the external network.
 */
function toIpStack(mark: number): string {
  return `${TO_GATEWAY_PORT},set_field:${hex(mark)}->pkt_mark,output:${GATEWAY_PORT.ofport}`;
}

/**
 * ICMP's "fragmentation needed" (RFC 792, RFC 1191). A packet of a Pod was too large for the way to
 * the gateway, and the kernel here tells the Pod. `ovs-ofctl dump-flows` has this order.
 */
function tooLargeFlow(tunnelId: number, marks: Marks): Flow {
  return {
    table: OVS_TABLES.tunnel,
    priority: FLOW_PRIORITIES.known,
    match: `icmp,tun_id=${hex(tunnelId)},icmp_type=3,icmp_code=4`,
    actions: toIpStack(marks.redirect),
  };
}

/**
 * The kernel does not choose the source: it may have other addresses on the device, which the other
 * Nodes do not know.
 */
function fromOwnEnd(ip: string): string {
  return `set_field:${ip}->tun_src`;
}

/** Accepts packets of another Node. A Node that is not known here yet has to wait. */
function peerFlow(ip: string): Flow {
  return {
    table: OVS_TABLES.classify,
    priority: FLOW_PRIORITIES.known,
    match: `ip,tun_src=${ip},in_port=${TUNNEL_PORT.ofport}`,
    actions: `goto_table:${OVS_TABLES.tunnel}`,
  };
}

/** On the Node of a Pod: to the group of its Egress. */
function podFlow(ip: string, tunnelId: number): Flow {
  return {
    table: OVS_TABLES.classify,
    priority: FLOW_PRIORITIES.known,
    match: `ip,in_port=${GATEWAY_PORT.ofport},nw_src=${ip}`,
    actions: `group:${tunnelId}`,
  };
}

/**
 * On the gateway: keeps the sender's Node of the connection, then gives the packet to the IP stack
 * with its SNAT id.
 */
function gatewayFlows(tunnelId: number, mark: number): readonly Flow[] {
  const match = `ip,tun_id=${hex(tunnelId)}`;
  return [
    {
      table: OVS_TABLES.tunnel,
      priority: FLOW_PRIORITIES.known,
      match,
      actions:
        `ct(commit,table=${OVS_TABLES.gateway},zone=${CT_ZONE},` +
        'exec(move:NXM_NX_TUN_IPV4_SRC[]->NXM_NX_CT_LABEL[0..31]))',
    },
    {
      table: OVS_TABLES.gateway,
      priority: FLOW_PRIORITIES.known,
      match,
      actions: toIpStack(mark),
    },
  ];
}

/**
 * On the Node of a Pod: the gateway of an Egress, so that a move of its IP changes one group only.
 */
function group(tunnelId: number, nodeIP: string, { ip }: DesiredBridge): Group {
  return {
    id: tunnelId,
    type: 'indirect',
    buckets: [
      `bucket_id:0,actions=${CLEAR_MARK},set_field:${hex(tunnelId)}->tun_id,` +
        `${fromOwnEnd(ip)},set_field:${nodeIP}->tun_dst,output:${TUNNEL_PORT.ofport}`,
    ],
  };
}
