import { MAX_SNAT_IDS } from './marks.ts';

/**
 * A SNAT id for each of `egressIPs`: the one it has, else the lowest that no rule uses. A rule that
 * is about to be removed counts, since packets and Pods may still carry its id. An IP for which no
 * id is left is not in the result.
 * @param inUse the egress IP behind each id.
 */
export function allocateSnatIds(
  egressIPs: readonly string[],
  inUse: ReadonlyMap<number, string>,
): ReadonlyMap<string, number> {
  const wanted = new Set(egressIPs);
  const ids = new Map<string, number>();
  for (const [id, ip] of [...inUse].sort(([a], [b]) => a - b)) {
    if (wanted.has(ip) && !ids.has(ip)) {
      ids.set(ip, id);
    }
  }
  const free = Array.from({ length: MAX_SNAT_IDS }, (_, index) => index + 1).filter(
    (id) => !inUse.has(id),
  );
  for (const ip of [...egressIPs].sort()) {
    const id = ids.has(ip) ? undefined : free.shift();
    if (id !== undefined) {
      ids.set(ip, id);
    }
  }
  return ids;
}
