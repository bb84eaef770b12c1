import type { Egress } from '@sallyport/api';
import { byPrecedence, MAX_TUNNEL_ID } from '@sallyport/api';

/**
 * The tunnel id of each Egress by its name: a hash of its uid, the same after every restart. If
 * several have the same hash (an even chance with 4800 Egresses), the oldest keeps it and the
 * others take the next free ids. So only theirs can change when an older Egress is deleted.
 */
export function tunnelIds(
  egresses: Iterable<Egress>,
  hash: (uid: string) => number = hashTunnelId,
): ReadonlyMap<string, number> {
  const taken = new Set<number>();
  const ids = new Map<string, number>();
  // Ids equal to a hash are given first, so that no collision takes the id of another Egress.
  const ordered = [...egresses].sort(byPrecedence);
  const colliding: Egress[] = [];
  for (const egress of ordered) {
    const id = hash(egress.uid);
    if (taken.has(id)) {
      colliding.push(egress);
    } else {
      taken.add(id);
      ids.set(egress.name, id);
    }
  }
  for (const egress of colliding) {
    let id = hash(egress.uid);
    while (taken.has(id)) {
      id = (id % MAX_TUNNEL_ID) + 1;
    }
    taken.add(id);
    ids.set(egress.name, id);
  }
  return ids;
}

/** FNV-1a of the text, folded to 1 to 2^24-1. */
function hashTunnelId(uid: string): number {
  let hash = 0x811c9dc5;
  for (const char of uid) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return (hash % MAX_TUNNEL_ID) + 1;
}
