import type { Egress } from '@sallyport/api';
import { byPrecedence, MAX_TUNNEL_ID } from '@sallyport/api';

/**
 * Keeps the tunnel id of each Egress by its name: a hash of its uid, the same after every restart.
 * If several have the same hash (an even chance with 4800 Egresses), the oldest keeps it and the
 * others take the next free ids. So only theirs can change when an older Egress is deleted.
 *
 * The ids depend on the present Egresses only. An Egress costs its own id, unless there are equal
 * hashes: then all ids are given anew.
 */
export class TunnelIds {
  readonly #hash: (uid: string) => number;
  readonly #egresses = new Map<string, Egress>();
  /** By name, and the reverse. */
  #ids = new Map<string, number>();
  #taken = new Map<number, string>();
  /** Whether an Egress has another id than its hash. */
  #hasCollisions = false;
  #isOld = false;

  constructor(hash: (uid: string) => number = hashTunnelId) {
    this.#hash = hash;
  }

  /** By the name of the Egress. The map goes on changing. */
  get all(): ReadonlyMap<string, number> {
    return this.#ids;
  }

  set(egress: Egress): void {
    this.delete(egress.name);
    this.#egresses.set(egress.name, egress);
    const id = this.#hash(egress.uid);
    if (this.#taken.has(id)) {
      this.#isOld = true;
    } else {
      this.#ids.set(egress.name, id);
      this.#taken.set(id, egress.name);
    }
  }

  delete(name: string): void {
    if (!this.#egresses.delete(name)) {
      return;
    }
    // Another Egress may wait for the id.
    this.#isOld ||= this.#hasCollisions;
    const id = this.#ids.get(name);
    this.#ids.delete(name);
    if (id !== undefined) {
      this.#taken.delete(id);
    }
  }

  /** Gives all ids anew if it is necessary. Returns the names of the Egresses with another id. */
  settle(): readonly string[] {
    if (!this.#isOld) {
      return [];
    }
    const before = this.#ids;
    this.#ids = new Map();
    this.#taken = new Map();
    const colliding: Egress[] = [];
    // Ids equal to a hash are given first, so that no collision takes the id of another Egress.
    for (const egress of [...this.#egresses.values()].sort(byPrecedence)) {
      if (!this.#take(egress.name, this.#hash(egress.uid))) {
        colliding.push(egress);
      }
    }
    for (const { name, uid } of colliding) {
      let id = this.#hash(uid);
      while (!this.#take(name, id)) {
        id = (id % MAX_TUNNEL_ID) + 1;
      }
    }
    this.#hasCollisions = colliding.length > 0;
    this.#isOld = false;
    return [...this.#ids].filter(([name, id]) => before.get(name) !== id).map(([name]) => name);
  }

  #take(name: string, id: number): boolean {
    if (this.#taken.has(id)) {
      return false;
    }
    this.#ids.set(name, id);
    this.#taken.set(id, name);
    return true;
  }
}

/** FNV-1a of the text, folded to 1 to 2^24-1. */
function hashTunnelId(uid: string): number {
  let hash = 0x811c9dc5;
  for (const char of uid) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return (hash % MAX_TUNNEL_ID) + 1;
}
