import type { Egress, GroupMember, Labels } from '@sallyport/api';
import { byPrecedence } from '@sallyport/api';
import type { Namespace, Pod, PodRef } from '../pod.ts';
import { exclusionOf, podKey } from '../pod.ts';
import { AddressClaims } from './address-claims.ts';
import { Buckets, membersOf } from './buckets.ts';
import { EffectivePairs } from './effective-pairs.ts';
import type { EgressEntry, PodEntry, SelectorEntry } from './entries.ts';
import { familySetOf } from './families.ts';
import { ItemTable } from './item-table.ts';
import { Seating } from './seating.ts';
import { SelectorTable } from './selector-table.ts';
import type { EgressTally } from './tally.ts';
import { tallyOf } from './tally.ts';

/** One object as it is now; `after` is undefined once it is gone. The key of a Pod is `podKey`. */
export type GroupingChange = { readonly key: string } & (
  | { readonly kind: 'pod'; readonly after: Pod | undefined }
  | { readonly kind: 'namespace'; readonly after: Namespace | undefined }
  | { readonly kind: 'egress'; readonly after: Egress | undefined }
);

/** The parts that have changed since they were taken last. */
export interface DirtyGroups {
  /** The lists of members. */
  readonly buckets: readonly BucketRef[];
  /** The names of the Egresses that were added, changed or removed. */
  readonly egresses: ReadonlySet<string>;
  /** The names of the Egresses whose tally may have changed. */
  readonly tallies: ReadonlySet<string>;
}

interface GroupIndexSize {
  readonly pods: number;
  readonly items: number;
  readonly namespaces: number;
  readonly egresses: number;
  readonly selectors: number;
  /** Pairs of an item and a selector that matches it. */
  readonly matches: number;
  /** Posting lists. */
  readonly terms: number;
}

interface BucketRef {
  readonly egress: string;
  readonly nodeName: string;
}

/**
 * Follows Egresses, Pods and Namespaces one by one, and knows the members of each Egress on each
 * Node. An event costs the work for the Pods that it concerns. The outcome depends on the present
 * objects only, not on the order of events.
 *
 * Pods with equal labels in one Namespace are one item, and equal selectors are one selector. An
 * item is matched once.
 */
export class GroupIndex {
  readonly #pods = new Map<string, PodEntry>();
  readonly #egresses = new Map<string, EgressEntry>();
  readonly #items = new ItemTable();
  readonly #selectors = new SelectorTable();
  readonly #claims = new AddressClaims();
  readonly #buckets = new Buckets();
  readonly #pairs = new EffectivePairs();
  readonly #seating = new Seating({
    items: this.#items,
    selectors: this.#selectors,
    buckets: this.#buckets,
    pairs: this.#pairs,
  });
  #dirtyEgresses = new Set<string>();

  apply(change: GroupingChange): void {
    switch (change.kind) {
      case 'pod':
        this.#applyPod(change.key, change.after);
        return;
      case 'namespace':
        for (const item of this.#items.setLabels(change.key, change.after?.labels)) {
          this.#seating.matchAnew(item);
        }
        return;
      case 'egress':
        this.#applyEgress(change.key, change.after);
    }
  }

  /** The changes since the last call. */
  takeDirty(): DirtyGroups {
    const buckets = [...this.#buckets.takeDirty()].map(({ egress, nodeName }) => ({
      egress: egress.egress.name,
      nodeName,
    }));
    const egresses = this.#dirtyEgresses;
    const tallies = new Set(egresses);
    for (const selector of this.#seating.takeDirty()) {
      for (const { egress } of selector.egresses) {
        tallies.add(egress.name);
      }
    }
    this.#dirtyEgresses = new Set();
    return { buckets, egresses, tallies };
  }

  /** Sorted by namespace and name. The same list for as long as nothing in it changes. */
  members(egress: string, nodeName: string): readonly GroupMember[] {
    const bucket = this.#egresses.get(egress)?.buckets.get(nodeName);
    return bucket === undefined ? [] : membersOf(bucket);
  }

  /** The Nodes with members of the Egress, in no order. */
  nodesOf(egress: string): Iterable<string> {
    return this.#egresses.get(egress)?.buckets.keys() ?? [];
  }

  /** Undefined if there is no such Egress. */
  tally(egress: string): EgressTally | undefined {
    const entry = this.#egresses.get(egress);
    return entry && tallyOf(entry);
  }

  egress(name: string): Egress | undefined {
    return this.#egresses.get(name)?.egress;
  }

  *egresses(): Generator<Egress> {
    for (const { egress } of this.#egresses.values()) {
      yield egress;
    }
  }

  /** A Pod with the addresses that are its own, and the labels of its Namespace if it is known. */
  pod(ref: PodRef): { readonly pod: Pod; readonly namespaceLabels?: Labels } | undefined {
    const entry = this.#pods.get(podKey(ref));
    if (entry === undefined) {
      return undefined;
    }
    const { pod } = entry;
    const namespaceLabels = this.#items.labelsOf(pod.namespace);
    return {
      pod: { ...pod, ips: this.#claims.ownOf(pod) },
      ...(namespaceLabels && { namespaceLabels }),
    };
  }

  /** The numbers of objects, of the different ones among them, and of the links between these. */
  get size(): GroupIndexSize {
    return {
      pods: this.#pods.size,
      egresses: this.#egresses.size,
      ...this.#items.size,
      selectors: this.#selectors.size.selectors,
      matches: this.#selectors.size.matches,
      terms: this.#items.size.terms + this.#selectors.size.terms,
    };
  }

  #applyPod(key: string, after: Pod | undefined): void {
    const known = this.#pods.get(key);
    const hadClaims = known === undefined ? [] : this.#claims.delete(known);
    let haveClaims: readonly PodEntry[] = [];
    if (after !== undefined) {
      const entry = known ?? newEntry(key, after);
      entry.pod = after;
      if (known === undefined) {
        this.#pods.set(key, entry);
      }
      haveClaims = this.#claims.add(entry);
      this.#settle(entry);
    } else if (known !== undefined) {
      this.#pods.delete(key);
      this.#unseat(known);
    }
    for (const entry of hadClaims) {
      this.#settle(entry);
    }
    for (const entry of haveClaims) {
      this.#settle(entry);
    }
  }

  /** Counts the Pod where it belongs now. */
  #settle(entry: PodEntry): void {
    const { pod } = entry;
    const ips = this.#claims.ownOf(pod);
    if (exclusionOf(ips === pod.ips ? pod : { ...pod, ips }) !== undefined) {
      this.#unseat(entry);
      return;
    }
    const { nodeName = '' } = pod;
    const item = this.#seating.itemFor(pod.namespace, pod.labels);
    const isInPlace = entry.nodeName === nodeName && haveSameItems(entry.ips, ips);
    if (entry.item === item && isInPlace) {
      return;
    }
    const stays = isInPlace && entry.item?.effective === item.effective;
    const left = this.#seating.leave(entry, stays);
    if (!isInPlace) {
      entry.nodeName = nodeName;
      entry.ips = ips;
      entry.families = familySetOf(ips);
      entry.member = undefined;
    }
    this.#seating.join(entry, item, stays);
    this.#seating.dropIfEmpty(left);
  }

  #unseat(entry: PodEntry): void {
    this.#seating.dropIfEmpty(this.#seating.leave(entry, false));
  }

  #applyEgress(name: string, after: Egress | undefined): void {
    const known = this.#egresses.get(name);
    if (known === undefined && after === undefined) {
      return;
    }
    this.#dirtyEgresses.add(name);
    if (known !== undefined && after !== undefined && this.#hasSamePlace(known, after)) {
      known.egress = after;
      return;
    }
    const without = known && this.#without(known);
    if (after !== undefined) {
      this.#addEgress(after);
    } else {
      this.#egresses.delete(name);
    }
    if (without !== undefined) {
      this.#refresh(without);
    }
  }

  #hasSamePlace({ egress, families, selector }: EgressEntry, after: Egress): boolean {
    return (
      egress.createdAtMs === after.createdAtMs &&
      families === familySetOf(after.egressIPs) &&
      selector === this.#selectors.find(after.appliedTo)
    );
  }

  /** Takes the Egress from its selector, whose items are refreshed later. */
  #without(entry: EgressEntry): SelectorEntry {
    const { selector } = entry;
    selector.egresses.splice(selector.egresses.indexOf(entry), 1);
    return selector;
  }

  #addEgress(egress: Egress): void {
    const { name, appliedTo } = egress;
    const known = this.#selectors.find(appliedTo);
    const selector = known ?? this.#selectors.add(appliedTo, this.#pairs.nobody);
    const families = familySetOf(egress.egressIPs);
    const entry: EgressEntry = { egress, families, selector, buckets: new Map() };
    this.#egresses.set(name, entry);
    const place = selector.egresses.findIndex((other) => byPrecedence(egress, other.egress) < 0);
    selector.egresses.splice(place < 0 ? selector.egresses.length : place, 0, entry);
    if (known === undefined) {
      selector.best = this.#pairs.firstOf(selector.egresses);
      for (const item of this.#items.matching(appliedTo)) {
        this.#seating.select(item, [...item.selecting, selector]);
      }
    } else {
      this.#refresh(selector);
    }
  }

  /** Brings the items of a selector up to date after a change of its Egresses. */
  #refresh(selector: SelectorEntry): void {
    if (selector.egresses.length === 0) {
      for (const item of [...selector.items]) {
        this.#seating.select(
          item,
          item.selecting.filter((other) => other !== selector),
        );
      }
      this.#selectors.delete(selector);
      return;
    }
    const best = this.#pairs.firstOf(selector.egresses);
    if (best === selector.best) {
      return;
    }
    selector.best = best;
    for (const item of selector.items) {
      this.#seating.decideAnew(item);
    }
  }
}

function newEntry(key: string, pod: Pod): PodEntry {
  return {
    key,
    pod,
    item: undefined,
    slot: 0,
    nodeName: '',
    ips: [],
    families: familySetOf([]),
    member: undefined,
  };
}

function haveSameItems(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((item, index) => item === b[index]));
}
