import type { AppliedTo, Labels } from '@sallyport/api';
import { selects } from '../selects.ts';
import type { Effective, SelectorEntry } from './entries.ts';
import type { Anchor } from './label-terms.ts';
import { anchorsOf, appliedToKey, termsOf } from './label-terms.ts';
import { Postings } from './postings.ts';

/** The list of the selectors without an anchor: they are tried for every item. */
const unanchored: Anchor = { owner: 'pod', terms: [''] };

/**
 * The different selectors of all Egresses, in posting lists. Each selector stands in the lists of
 * one anchor: the requirement that the fewest selectors had in common when it was added.
 */
export class SelectorTable {
  readonly #selectors = new Map<string, SelectorEntry>();
  readonly #anchors = new Map<SelectorEntry, Anchor>();
  readonly #listed = {
    pod: new Postings<SelectorEntry>(),
    namespace: new Postings<SelectorEntry>(),
  };
  readonly #required = {
    pod: new Postings<SelectorEntry>(),
    namespace: new Postings<SelectorEntry>(),
  };

  get size(): Readonly<Record<'selectors' | 'matches' | 'terms', number>> {
    const all = [...this.#selectors.values()];
    const postings = [...Object.values(this.#listed), ...Object.values(this.#required)];
    return {
      selectors: all.length,
      matches: all.reduce((sum, { items }) => sum + items.size, 0),
      terms: postings.reduce((sum, { termCount }) => sum + termCount, 0),
    };
  }

  find(appliedTo: AppliedTo): SelectorEntry | undefined {
    return this.#selectors.get(appliedToKey(appliedTo));
  }

  /** @param nobody no Egress for any family */
  add(appliedTo: AppliedTo, nobody: Effective): SelectorEntry {
    const selector: SelectorEntry = {
      key: appliedToKey(appliedTo),
      appliedTo,
      egresses: [],
      best: nobody,
      items: new Set(),
      tally: new Map(),
    };
    const anchors = anchorsOf(appliedTo);
    for (const { owner, terms } of anchors) {
      this.#required[owner].add(terms, selector);
    }
    const anchor = this.#rarest(anchors);
    this.#listed[anchor.owner].add(anchor.terms, selector);
    this.#anchors.set(selector, anchor);
    this.#selectors.set(selector.key, selector);
    return selector;
  }

  delete(selector: SelectorEntry): void {
    const anchor = this.#anchors.get(selector) ?? unanchored;
    this.#listed[anchor.owner].delete(anchor.terms, selector);
    for (const { owner, terms } of anchorsOf(selector.appliedTo)) {
      this.#required[owner].delete(terms, selector);
    }
    this.#anchors.delete(selector);
    this.#selectors.delete(selector.key);
  }

  /** The selectors that match Pods with these labels. */
  matching(labels: Labels, namespaceLabels: Labels | undefined): readonly SelectorEntry[] {
    const found: SelectorEntry[] = [];
    const tryAll = (selectors: Iterable<SelectorEntry> = []): void => {
      for (const selector of selectors) {
        if (selects(selector.appliedTo, labels, namespaceLabels) === 'selected') {
          found.push(selector);
        }
      }
    };
    for (const term of [...unanchored.terms, ...termsOf(labels)]) {
      tryAll(this.#listed.pod.of(term));
    }
    for (const term of termsOf(namespaceLabels)) {
      tryAll(this.#listed.namespace.of(term));
    }
    return found;
  }

  #rarest(anchors: readonly Anchor[]): Anchor {
    const cost = ({ owner, terms }: Anchor): number =>
      terms.reduce((sum, term) => sum + this.#required[owner].size(term), 0);
    return anchors.length === 0
      ? unanchored
      : anchors.reduce((best, anchor) => (cost(anchor) < cost(best) ? anchor : best));
  }
}
