import type { Dataplane, DataplanePart, DataplaneState } from './dataplane.ts';
import { DATAPLANE_PARTS, partsChangedBy } from './dataplane.ts';

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
  /** The part may have changed: the next observation reads it back. */
  changed(part: DataplanePart): void;
}

/** Keeps the observed parts of a dataplane as long as nothing can have changed them. */
export function cachedDataplane(dataplane: Dataplane, options: CacheOptions): CachedDataplane {
  const { isWatched, monotonicMs, maxAgeMs } = options;
  const kept = new Map<DataplanePart, { readonly state: unknown; readonly readAtMs: number }>();
  /** Counts the changes of each part: one may come while the part is being read. */
  const changes = new Map<DataplanePart, number>(DATAPLANE_PARTS.map((part) => [part, 0]));

  function isKept(part: DataplanePart): boolean {
    const entry = kept.get(part);
    return entry !== undefined && isWatched(part) && monotonicMs() - entry.readAtMs < maxAgeMs;
  }

  function changed(part: DataplanePart): void {
    changes.set(part, (changes.get(part) ?? 0) + 1);
    kept.delete(part);
  }

  async function readBack(parts: readonly DataplanePart[]): Promise<Partial<DataplaneState>> {
    const changesBefore = new Map(changes);
    const readAtMs = monotonicMs();
    const states = await dataplane.observe(parts);
    for (const part of parts) {
      if (changes.get(part) === changesBefore.get(part)) {
        kept.set(part, { state: states[part], readAtMs });
      }
    }
    return states;
  }

  return {
    changed,
    async observe<Part extends DataplanePart>(parts: readonly Part[]) {
      const stale = parts.filter((part) => !isKept(part));
      const fresh = parts.filter((part) => !stale.includes(part));
      const cached = fresh.map((part) => [part, kept.get(part)?.state] as const);
      const states = stale.length === 0 ? {} : await readBack(stale);
      return { ...Object.fromEntries(cached), ...states } as Pick<DataplaneState, Part>;
    },
    async apply(operation) {
      // A refused operation may have changed a part, too.
      for (const part of partsChangedBy(operation)) {
        changed(part);
      }
      await dataplane.apply(operation);
    },
  };
}
