import type { Labels } from '@sallyport/api';
import type { Buckets } from './buckets.ts';
import type { EffectivePairs } from './effective-pairs.ts';
import type { Effective, Item, PodEntry, SelectorEntry } from './entries.ts';
import type { ItemTable } from './item-table.ts';
import type { SelectorTable } from './selector-table.ts';
import { countItem, countPods } from './tally.ts';

interface SeatingParts {
  readonly items: ItemTable;
  readonly selectors: SelectorTable;
  readonly buckets: Buckets;
  readonly pairs: EffectivePairs;
}

/** Keeps each Pod in its item, each item with its selectors, and the tallies of the selectors. */
export class Seating {
  readonly #parts: SeatingParts;
  #dirty = new Set<SelectorEntry>();

  constructor(parts: SeatingParts) {
    this.#parts = parts;
  }

  /** The selectors whose tallies have changed since the last call. */
  takeDirty(): ReadonlySet<SelectorEntry> {
    const dirty = this.#dirty;
    this.#dirty = new Set();
    return dirty;
  }

  /** The item of Pods with these labels, without Pods if there was none. */
  itemFor(namespace: string, labels: Labels): Item {
    const { items, pairs } = this.#parts;
    const known = items.find(namespace, labels);
    if (known !== undefined) {
      return known;
    }
    const item = items.add(namespace, labels, pairs.nobody);
    this.matchAnew(item);
    return item;
  }

  /**
   * Counts the Pod in an item.
   * @param stays whether it is in its buckets already
   */
  join(entry: PodEntry, item: Item, stays: boolean): void {
    entry.item = item;
    entry.slot = item.pods.push(entry) - 1;
    this.#countOne(item, entry, 1);
    if (!stays) {
      this.#parts.buckets.put(entry, item.effective);
    }
  }

  /**
   * The reverse of `join`. Returns the item, which may have no Pod any more.
   * @param stays whether the Pod is to stay in its buckets
   */
  leave(entry: PodEntry, stays: boolean): Item | undefined {
    const { item } = entry;
    if (item === undefined) {
      return undefined;
    }
    if (!stays) {
      this.#parts.buckets.take(entry, item.effective);
    }
    this.#countOne(item, entry, -1);
    entry.item = undefined;
    const last = item.pods.pop();
    if (last !== undefined && last !== entry) {
      item.pods[entry.slot] = last;
      last.slot = entry.slot;
    }
    return item;
  }

  dropIfEmpty(item: Item | undefined): void {
    if (item?.pods.length === 0) {
      this.select(item, []);
      this.#parts.items.delete(item);
    }
  }

  /** Finds the selectors that match the item, after a change of labels. */
  matchAnew(item: Item): void {
    this.select(item, this.#parts.selectors.matching(item.labels, item.namespace.labels));
  }

  /** Makes these the selectors that match the item. */
  select(item: Item, selecting: readonly SelectorEntry[]): void {
    for (const selector of item.selecting) {
      selector.items.delete(item);
    }
    for (const selector of selecting) {
      selector.items.add(item);
    }
    this.#become(item, selecting, this.#parts.pairs.bestOf(selecting));
  }

  /** Finds the effective Egresses again, after a change of those of a selector. */
  decideAnew(item: Item): void {
    const effective = this.#parts.pairs.bestOf(item.selecting);
    if (effective !== item.effective) {
      this.#become(item, item.selecting, effective);
    }
  }

  #become(item: Item, selecting: readonly SelectorEntry[], effective: Effective): void {
    const { buckets } = this.#parts;
    const before = item.effective;
    this.#countAll(item, item.counts, -1);
    item.selecting = selecting;
    item.effective = effective;
    this.#countAll(item, item.counts, 1);
    if (effective !== before) {
      for (const entry of item.pods) {
        buckets.take(entry, before);
        buckets.put(entry, effective);
      }
    }
  }

  #countOne(item: Item, { families }: PodEntry, sign: 1 | -1): void {
    item.counts[families] = (item.counts[families] ?? 0) + sign;
    for (const selector of item.selecting) {
      countPods(selector, item.effective, families, sign);
      this.#dirty.add(selector);
    }
  }

  #countAll({ selecting, effective }: Item, pods: Item['counts'], sign: 1 | -1): void {
    for (const selector of selecting) {
      countItem(selector, effective, pods, sign);
      this.#dirty.add(selector);
    }
  }
}
