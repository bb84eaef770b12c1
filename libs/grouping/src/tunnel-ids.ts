import type { Egress } from '@sallyport/api';
import { byPrecedence, MAX_TUNNEL_ID } from '@sallyport/api';

/**
 * The tunnel id of each Egress by its name: a hash of its uid, the same after every restart. Of
 * several with one hash (half a chance in 4800 Egresses) the older keeps it and the others take the
 * next free ids, so that only they can change when an older one goes.
 */
export function tunnelIds(
  egresses: readonly Egress[],
  hash: (uid: string) => number = hashTunnelId,
): ReadonlyMap<string, number> {
  const taken = new Set<number>();
  const ids = new Map<string, number>();
  // First those that get what they hash to: nobody's place in the line may take another's own id.
  const ordered = [...egresses].sort(byPrecedence);
  const late: Egress[] = [];
  for (const egress of ordered) {
    const id = hash(egress.uid);
    if (taken.has(id)) {
      late.push(egress);
    } else {
      taken.add(id);
      ids.set(egress.name, id);
    }
  }
  for (const egress of late) {
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
