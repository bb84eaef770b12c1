/**
 * All addresses of the lab; testing/lab/README.md has a picture. The Nodes of the cluster share the
 * LAN. The external network is one router away, as the Internet is.
 */

export const LAN = { bridge: 'br-lan', prefixLength: 24 } as const;
export const EXTERNAL_NETWORK = { bridge: 'br-ext', prefixLength: 24 } as const;

/** The host's API server as the guest sees it: at an address of the root namespace on the LAN. */
export const API_SERVER = { ip: '192.168.77.1', port: 6443 } as const;

/** The namespace of the controller. */
export const CONTROLLER = { netns: 'cp', ip: '192.168.77.2', port: 10349 } as const;

/** The router between LAN and external network; the Nodes' default gateway. */
export const ROUTER = { netns: 'rtr', lanIP: '192.168.77.254', externalIP: '203.0.113.1' } as const;

/** The server outside of the cluster. It serves every port of `FLOW_PORTS`. */
export const EXTERNAL_SERVER = { netns: 'ext', ip: '203.0.113.10' } as const;

/** The address of all Services of type LoadBalancer; the router sends it to the first Node. */
export const LOAD_BALANCER_IP = '192.168.77.250';

export const POD_NETWORK = '10.244.0.0/16';
export const SERVICE_NETWORK = '10.96.0.0/16';

/** Destination ports that identify the sender of a packet, one for each sender. First and last. */
export const FLOW_PORTS = { first: 20_000, last: 20_199 } as const;

/** Destination ports of the sniffer's own markers. First and last. */
export const MARKER_PORTS = { first: 10_000, last: 19_999 } as const;

/** The greatest number of Nodes in the address plan. */
const MAX_NODES = 50;

/** Name and addresses of a Node. */
export interface NodeAddresses {
  /** `n1`, `n2`, …: also the name of its network namespace. */
  readonly name: string;
  readonly ip: string;
  /** A /24 of the Pod network. */
  readonly podCIDR: string;
}

/** The addresses of the Nodes 1 to `count`. Throws when the plan has no room for them. */
export function nodeAddresses(count: number): readonly NodeAddresses[] {
  if (!Number.isInteger(count) || count < 1 || count > MAX_NODES) {
    throw new RangeError(
      `nodes: ${String(count)} is not a whole number from 1 to ${String(MAX_NODES)}`,
    );
  }
  return Array.from({ length: count }, (_, index) => ({
    name: `n${String(index + 1)}`,
    ip: `192.168.77.${String(index + 11)}`,
    podCIDR: `10.244.${String(index + 1)}.0/24`,
  }));
}

/** The egress IP number `index` (0 to 39) of a test: an address of the LAN that no part uses. */
export function egressIP(index: number): string {
  if (!Number.isInteger(index) || index < 0 || index > 39) {
    throw new RangeError(`egress IP ${String(index)} is not a whole number from 0 to 39`);
  }
  return `192.168.77.${String(200 + index)}`;
}

/** Whether the address is one of the Pod network: it must never leave the cluster. */
export function isPodIP(ip: string): boolean {
  return ip.startsWith('10.244.');
}
