/**
 * Every name and number we take on a Node, but for the bits of the marks (marks.ts).
 * docs/dataplane.md lists them all.
 */

/** The OVS bridge. */
export const BRIDGE = 'br-egress';
/**
 * The UDP port of the tunnel unless another is chosen: IANA's for Geneve. All Nodes have the same.
 */
export const DEFAULT_TUNNEL_UDP_PORT = 6081;
/** Its tunnel port. */
export const TUNNEL_PORT = { name: 'egress-tun0', ofport: 1 } as const;
/** Its internal port: where packets pass between OVS and the kernel's IP stack. */
export const GATEWAY_PORT = { name: 'egress-gw0', ofport: 2, mac: '0a:58:00:00:00:02' } as const;
/** The same on every Node, of link scope: only so that the device has one (see GatewayLink). */
export const GATEWAY_ADDRESS = '169.254.77.1/32';
/**
 * What routes into egress-gw0 name as next hop; nobody has it, its MAC address is a static
 * neighbour entry.
 */
export const VIRTUAL_NEXT_HOP = { ip: '169.254.77.254', mac: '0a:58:00:00:00:01' } as const;
/** Loose: the source of a packet only has to be reachable by some device. */
export const RP_FILTER_LOOSE = 2;
/** Bytes that Geneve over IPv4 adds to a packet: IPv4 20, UDP 8, Geneve 8, inner Ethernet 14. */
export const TUNNEL_OVERHEAD = 50;

/** The cookie of every flow of ours. */
export const COOKIE = 0x5a11;
/** OVS's conntrack zone, where it keeps the tunnel source of each connection. */
export const CT_ZONE = 65000;
export const OVS_TABLES = {
  /** Tells where a packet comes from. */
  classify: 0,
  /** What other Nodes send. */
  tunnel: 1,
  /** Replies of the external network, back to the Node of the Pod. */
  return: 2,
  /** Packets of other Nodes' Pods, on to the IP stack with their SNAT id. */
  gateway: 3,
} as const;
export const FLOW_PRIORITIES = { known: 200, tunnelReturn: 190, reply: 100, miss: 0 } as const;

export const PODS_SET = 'SALLYPORT-PODS';
export const SKIP_SET = 'SALLYPORT-SKIP';

export const PREROUTING_CHAIN = 'SALLYPORT-PREROUTING';
export const FORWARD_CHAIN = 'SALLYPORT-FORWARD';
export const POSTROUTING_CHAIN = 'SALLYPORT-POSTROUTING';

export const ROUTE_TABLES = { redirect: 7101, return: 7102 } as const;
export const RULE_PRIORITIES = { return: 1000, redirect: 1001 } as const;

/**
 * Does nothing to a packet. It stands at the end of our nat chain from when damaged rules are
 * replaced until the connections that they let pass are repaired: an agent that is stopped or
 * refused in between would take the new rules for proof that all is well.
 */
export const UNREPAIRED_RULE = '-m comment --comment SALLYPORT-UNREPAIRED';
