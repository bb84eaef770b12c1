import type { ClusterNetwork } from '@sallyport/api';
import { ipFamily, parseCidr } from '@sallyport/api';
import type { PlanFault } from './plan.ts';

/**
 * RFC 3927: never forwarded. Clouds serve the identity of a Node there; through another Node a Pod
 * would get the identity of that one.
 */
const LINK_LOCAL = '169.254.0.0/16';

/**
 * The cluster-internal IPv4 destinations as sorted CIDRs: Pods, Services, Nodes and link-local.
 * Packets to them need no egress IP.
 */
export function internalCidrs(
  { nodes, podCIDRs, serviceCIDRs }: ClusterNetwork,
  ownIP: string,
  faults: PlanFault[],
): ReadonlySet<string> {
  const nodeIPs = [ownIP, ...nodes.flatMap(({ ips }) => ips)];
  const texts = [
    LINK_LOCAL,
    ...podCIDRs,
    ...serviceCIDRs,
    ...nodeIPs.map((ip) => `${ip}/${ipFamily(ip) === 'IPv4' ? 32 : 128}`),
  ];
  const cidrs = texts.flatMap((text) => {
    const cidr = parseCidr(text);
    // A set of type hash:net cannot hold /0, and nothing would be external.
    if (cidr === undefined || cidr.endsWith('/0')) {
      faults.push({
        message: `The cluster's network ${text} is ignored: expected a CIDR such as 10.244.0.0/16.`,
      });
      return [];
    }
    return ipFamily(cidr) === 'IPv4' ? [cidr] : [];
  });
  return new Set(cidrs.sort());
}
