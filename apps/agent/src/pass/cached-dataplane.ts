import type { ChangeExtent, Dataplane, DataplanePart, DataplaneState } from './dataplane.ts';
import { partsChangedBy } from './dataplane.ts';

/** When a part that was read back may be used again. */
export interface CacheOptions {
  /** Whether every change of the part by other software is noticed at the moment. */
  readonly isWatched: (part: DataplanePart) => boolean;
  /** Milliseconds from any fixed point. */
  readonly monotonicMs: () => number;
  /** Each part is read back at least this often, in milliseconds. */
  readonly maxAgeMs: number;
}

/** A dataplane that reads back only the parts that may have changed. */
export interface CachedDataplane extends Dataplane {
  /** The part may have changed: the next observation reads it back, as far as that. */
  changed(part: DataplanePart, extent?: ChangeExtent): void;
}

/** Keeps the observed parts of a dataplane as long as nothing can have changed them. */
export function cachedDataplane(dataplane: Dataplane, options: CacheOptions): CachedDataplane {
  const { isWatched, monotonicMs, maxAgeMs } = options;
  /** The age is that of the last time when a part was read as a whole. */
  const kept = new Map<DataplanePart, { readonly state: unknown; readonly readAtMs: number }>();
  /** The extent of the changes of each part that has not been read back since. */
  const stale = new Map<DataplanePart, ChangeExtent>();

  function isUsable(part: DataplanePart): boolean {
    const entry = kept.get(part);
    return entry !== undefined && isWatched(part) && monotonicMs() - entry.readAtMs < maxAgeMs;
  }

  function changed(part: DataplanePart, extent: ChangeExtent = 'any'): void {
    if (stale.get(part) !== 'any') {
      stale.set(part, extent);
    }
  }

  async function readBack(parts: readonly DataplanePart[]): Promise<Partial<DataplaneState>> {
    const readAtMs = monotonicMs();
    const ownOnly = new Set(parts.filter((part) => isUsable(part) && stale.get(part) === 'own'));
    for (const part of parts) {
      // A part that changes while it is read is stale again.
      stale.delete(part);
    }
    try {
      const states = await dataplane.observe(parts, ownOnly);
      for (const part of parts) {
        const wholeAtMs = ownOnly.has(part) ? kept.get(part)?.readAtMs : undefined;
        kept.set(part, { state: states[part], readAtMs: wholeAtMs ?? readAtMs });
      }
      return states;
    } catch (error) {
      for (const part of parts) {
        stale.set(part, 'any');
      }
      throw error;
    }
  }

  return {
    changed,
    async observe<Part extends DataplanePart>(parts: readonly Part[]) {
      const old = parts.filter((part) => stale.has(part) || !isUsable(part));
      const fresh = parts.filter((part) => !old.includes(part));
      const cached = fresh.map((part) => [part, kept.get(part)?.state] as const);
      const states = old.length === 0 ? {} : await readBack(old);
      return { ...Object.fromEntries(cached), ...states } as Pick<DataplaneState, Part>;
    },
    async apply(operation) {
      // A refused operation may have changed a part, too.
      for (const part of partsChangedBy(operation)) {
        changed(part, 'own');
      }
      await dataplane.apply(operation);
    },
  };
}
