import { exclusionOf, podKey, type Pod } from './pod.ts';

/** Whether `a` rather than `b` has the address that both are listed with. */
const hasPrecedence = (a: Pod, b: Pod): boolean => {
  if (a.terminating !== b.terminating) return b.terminating;
  return a.createdAtMs === b.createdAtMs ? podKey(a) < podKey(b) : a.createdAtMs > b.createdAtMs;
};

/**
 * The Pods, each with the addresses that are its own. A CNI gives an address to another Pod of the Node once the sandbox of
 * the last one is gone, which may be listed, terminating, for some time yet: the address is that of the Pod that stays, else of the
 * younger one, selected or not.
 */
export const withOwnAddresses = (pods: readonly Pod[]): readonly Pod[] => {
  const owners = new Map<string, Pod>();
  const addressKey = (pod: Pod, ip: string): string => `${pod.nodeName ?? ''} ${ip}`;
  for (const pod of pods) {
    if (exclusionOf(pod) !== undefined) continue;
    for (const ip of pod.ips) {
      const key = addressKey(pod, ip);
      const other = owners.get(key);
      if (other === undefined || hasPrecedence(pod, other)) owners.set(key, pod);
    }
  }
  return pods.map((pod) => {
    if (exclusionOf(pod) !== undefined) return pod;
    const ips = pod.ips.filter((ip) => owners.get(addressKey(pod, ip)) === pod);
    return ips.length === pod.ips.length ? pod : { ...pod, ips };
  });
};
