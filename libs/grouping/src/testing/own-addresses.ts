import type { Pod } from '../pod.ts';
import { exclusionOf } from '../pod.ts';

/**
 * The Pods, each with the addresses that are its own. A CNI reuses an address on the Node as soon
 * as the old Pod's sandbox is gone. The old Pod stays listed as terminating for a while.
 * If a terminating Pod and another one report the same address, selected or not, it belongs to the
 * other. If neither is terminating, both keep it, since a selected Pod must not lose its Egress by
 * mistake.
 */
export function withOwnAddresses(pods: readonly Pod[]): readonly Pod[] {
  const addressKey = (pod: Pod, ip: string): string => `${pod.nodeName ?? ''} ${ip}`;
  const staying = pods.filter((pod) => exclusionOf(pod) === undefined && !pod.terminating);
  const taken = new Set(staying.flatMap((pod) => pod.ips.map((ip) => addressKey(pod, ip))));
  return pods.map((pod) => {
    if (exclusionOf(pod) !== undefined || !pod.terminating) {
      return pod;
    }
    const ips = pod.ips.filter((ip) => !taken.has(addressKey(pod, ip)));
    return ips.length === pod.ips.length ? pod : { ...pod, ips };
  });
}
