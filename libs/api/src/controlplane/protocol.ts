import { ipFamily } from '../ip.ts';

/**
 * The API between the controller and the agents, served by the controller under `/apis/` and this
 * group and version. Lists and watches follow the Kubernetes watch protocol (see @sallyport/watch).
 */
export const CONTROLPLANE_GROUP_VERSION = 'controlplane.antrea.io/v1beta2';

/**
 * Tunnel ids are 1 to 2^24-1: the width of a Geneve VNI (RFC 8926), without the 0 that an absent
 * tunnel id reads as.
 */
export const MAX_TUNNEL_ID = 2 ** 24 - 1;

/** The largest report that the controller takes, in bytes of JSON. */
export const MAX_REPORT_BYTES = 4 * 1024 * 1024;

/**
 * The most addresses and the most faults of a report: more than any Node can have. Without a
 * bound, one report could hold a million of each.
 */
export const MAX_REPORT_ITEMS = 10_000;

/**
 * The one of a Node's InternalIPs that the other Nodes tunnel to; controller and agents have to
 * agree on it. Undefined when no address is suitable.
 */
export function tunnelIpOf(ips: readonly string[]): string | undefined {
  return ips.find((ip) => ipFamily(ip) === 'IPv4');
}
