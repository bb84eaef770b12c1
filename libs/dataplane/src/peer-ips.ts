import type { ClusterNetwork } from '@sallyport/api';
import { ipFamily, parseIp } from '@sallyport/api';
import type { NodeFacts } from './plan.ts';

/**
 * The IPv4 addresses that other Nodes tunnel from, sorted. A Node sends from the address that it
 * reports as its own, which is one of these. A text that is no address is left out; planning the
 * internal destinations reports it as a fault.
 */
export function peerIPs({ nodes }: ClusterNetwork, node: NodeFacts): readonly string[] {
  const ips = nodes.filter(({ name }) => name !== node.name).flatMap((peer) => peer.ips);
  return [...new Set(ips)]
    .filter((ip) => ip !== node.ip && parseIp(ip) === ip && ipFamily(ip) === 'IPv4')
    .sort();
}
