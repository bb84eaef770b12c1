import type { Effective, EgressEntry, FamilyCounts, FamilySet, SelectorEntry } from './entries.ts';
import { familiesIn, noCounts } from './families.ts';

/** The Pods that an Egress selects and that have an address family in common with it. */
export interface EgressTally {
  /** Pods for which it is the effective Egress in at least one family. */
  readonly effective: number;
  /** Pods for which another Egress is effective in at least one family. */
  readonly overridden: number;
  /** Pods that are one of these, or both. */
  readonly selected: number;
  /** The names of the other Egresses, with the number of the Pods that each of them overrides. */
  readonly overriddenBy: ReadonlyMap<string, number>;
}

/** Adds the Pods of an item to the tally of a selector, or subtracts them. */
export function countItem(
  selector: SelectorEntry,
  effective: Effective,
  counts: FamilyCounts,
  sign: 1 | -1,
): void {
  for (let families = 1; families < counts.length; families += 1) {
    countPods(selector, effective, families, sign * (counts[families] ?? 0));
  }
}

/** Adds Pods with these families and effective Egresses to the tally; negative: subtracts them. */
export function countPods(
  { tally }: SelectorEntry,
  effective: Effective,
  families: FamilySet,
  pods: number,
): void {
  let counts = tally.get(effective);
  if (pods === 0) {
    return;
  }
  if (counts === undefined) {
    counts = noCounts();
    tally.set(effective, counts);
  }
  counts[families] = (counts[families] ?? 0) + pods;
  if (counts.every((number) => number === 0)) {
    tally.delete(effective);
  }
}

/** The Pods of one Egress, from the tally of its selector. */
export function tallyOf(entry: EgressEntry): EgressTally {
  const tally = {
    effective: 0,
    overridden: 0,
    selected: 0,
    overriddenBy: new Map<string, number>(),
  };
  for (const [effective, counts] of entry.selector.tally) {
    for (const [families, pods] of counts.entries()) {
      const common = familiesIn(families & entry.families);
      const others = common.flatMap((family) => {
        const other = effective[family];
        return other === undefined || other === entry ? [] : [other.egress.name];
      });
      tally.selected += common.length > 0 ? pods : 0;
      tally.overridden += others.length > 0 ? pods : 0;
      tally.effective += common.length > others.length ? pods : 0;
      for (const name of pods > 0 ? new Set(others) : []) {
        tally.overriddenBy.set(name, (tally.overriddenBy.get(name) ?? 0) + pods);
      }
    }
  }
  return tally;
}
