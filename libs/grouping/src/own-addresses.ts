import type { Pod } from './pod.ts';
import { exclusionOf } from './pod.ts';

/**
 * The Pods, each with the addresses that are its own. A CNI gives an address to another Pod of the
 * Node once the sandbox of the last one is gone, which may be listed, terminating, for some time
 * yet: it has lost the address to a Pod that stays, selected or not. Of two that stay nobody can
 * tell who is listed wrongly, so both keep it: rather one Pod too many is governed than one too
 * few.
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
