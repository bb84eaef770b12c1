/**
 * Every name and number that Sallyport takes on a Node, except the bits of the marks (marks.ts).
 * docs/dataplane.md lists them all.
 */

/** The OVS bridge. */
export const BRIDGE = 'br-egress';
/** The default UDP port of the tunnel: IANA's for Geneve. All Nodes have the same. */
export const DEFAULT_TUNNEL_UDP_PORT = 6081;
/** Its tunnel port. */
export const TUNNEL_PORT = { name: 'egress-tun0', ofport: 1 } as const;
/** Its internal port: where packets pass between OVS and the kernel's IP stack. */
export const GATEWAY_PORT = { name: 'egress-gw0', ofport: 2, mac: '0a:58:00:00:00:02' } as const;
/** The same on every Node, of link scope: the device needs one address (see GatewayLink). */
export const GATEWAY_ADDRESS = '169.254.77.1/32';
/**
 * The next hop of routes into egress-gw0. No host has it; its MAC address is a static neighbour
 * entry.
 */
export const VIRTUAL_NEXT_HOP = { ip: '169.254.77.254', mac: '0a:58:00:00:00:01' } as const;
/** The same for IPv6, of link scope. */
export const VIRTUAL_NEXT_HOP_6 = { ip: 'fe80::4d:fe', mac: VIRTUAL_NEXT_HOP.mac } as const;
/** Strict: the device by which a packet came has to reach its source. */
export const RP_FILTER_STRICT = 1;
/** Loose: some device has to reach the source of a packet. */
export const RP_FILTER_LOOSE = 2;
/** The source of a reply out of the tunnel is looked up with its mark, which leads back into it. */
export const SRC_VALID_MARK = 1;
/** Bytes that Geneve over IPv4 adds to a packet: IPv4 20, UDP 8, Geneve 8, inner Ethernet 14. */
export const TUNNEL_OVERHEAD = 50;

/** The cookie of every flow of ours. */
export const COOKIE = 0x5a11;
/** The conntrack zone in which OVS keeps the tunnel source of each connection. */
export const CT_ZONE = 65000;
/** The tables of the bridge, by number. Packets enter at 0. */
export const OVS_TABLES = {
  /** By the source of a packet: the tunnel or the IP stack. */
  classify: 0,
  /** Packets from other Nodes. */
  tunnel: 1,
  /** Replies of the external network, back to the Node of the Pod. */
  return: 2,
  /** Packets of other Nodes' Pods, on to the IP stack with their SNAT id. */
  gateway: 3,
} as const;
export const FLOW_PRIORITIES = { known: 200, tunnelReturn: 190, reply: 100, miss: 0 } as const;

export const PODS_SET = 'SALLYPORT-PODS';
export const INTERNAL_SET = 'SALLYPORT-INTERNAL';
export const NODES_SET = 'SALLYPORT-NODES';

export const PREROUTING_CHAIN = 'SALLYPORT-PREROUTING';
export const FORWARD_CHAIN = 'SALLYPORT-FORWARD';
export const INPUT_CHAIN = 'SALLYPORT-INPUT';
export const OUTPUT_CHAIN = 'SALLYPORT-OUTPUT';
export const POSTROUTING_CHAIN = 'SALLYPORT-POSTROUTING';
export const TUNNEL_CHAIN = 'SALLYPORT-TUNNEL';

export const ROUTE_TABLES = { redirect: 7101, return: 7102 } as const;
/** RT_TABLE_MAIN (linux/rtnetlink.h). */
export const MAIN_TABLE = 254;
export const RULE_PRIORITIES = {
  sourceCheck: 999,
  return: 1000,
  redirect: 1001,
  /** The first of those with the mark of an egress IP. */
  egress: 1002,
} as const;
/** So many rules at most, at priorities one after the other, have the mark of one egress IP. */
export const EGRESS_RULES = 8;
