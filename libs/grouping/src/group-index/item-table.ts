import type { AppliedTo, Labels } from '@sallyport/api';
import { selects } from '../selects.ts';
import type { Effective, Item, NamespaceEntry } from './entries.ts';
import { noCounts } from './families.ts';
import type { Anchor } from './label-terms.ts';
import { anchorsOf, labelsKey, termsOf } from './label-terms.ts';
import { Postings } from './postings.ts';

/** The Namespaces and their items, in posting lists by their labels. */
export class ItemTable {
  readonly #namespaces = new Map<string, NamespaceEntry>();
  readonly #items = new Set<Item>();
  readonly #postings = { pod: new Postings<Item>(), namespace: new Postings<NamespaceEntry>() };

  get size(): Readonly<Record<'items' | 'namespaces' | 'terms', number>> {
    return {
      items: this.#items.size,
      namespaces: this.#namespaces.size,
      terms: this.#postings.pod.termCount + this.#postings.namespace.termCount,
    };
  }

  labelsOf(namespace: string): Labels | undefined {
    return this.#namespaces.get(namespace)?.labels;
  }

  /** Sets the labels of a Namespace, undefined if it is gone. Returns its items. */
  setLabels(name: string, labels: Labels | undefined): Iterable<Item> {
    const namespace = this.#namespace(name);
    this.#postings.namespace.delete(termsOf(namespace.labels), namespace);
    namespace.labels = labels;
    this.#postings.namespace.add(termsOf(labels), namespace);
    this.#dropIfUnused(namespace);
    return namespace.items.values();
  }

  find(namespace: string, labels: Labels): Item | undefined {
    return this.#namespaces.get(namespace)?.items.get(labelsKey(labels));
  }

  /** @param nobody no Egress for any family */
  add(namespaceName: string, labels: Labels, nobody: Effective): Item {
    const namespace = this.#namespace(namespaceName);
    const item: Item = {
      namespace,
      labels,
      key: labelsKey(labels),
      pods: [],
      counts: noCounts(),
      selecting: [],
      effective: nobody,
    };
    namespace.items.set(item.key, item);
    this.#items.add(item);
    this.#postings.pod.add(termsOf(labels), item);
    return item;
  }

  delete(item: Item): void {
    item.namespace.items.delete(item.key);
    this.#items.delete(item);
    this.#postings.pod.delete(termsOf(item.labels), item);
    this.#dropIfUnused(item.namespace);
  }

  /** The items that a selector matches. */
  *matching(appliedTo: AppliedTo): Generator<Item> {
    for (const item of this.#candidates(anchorsOf(appliedTo))) {
      if (selects(appliedTo, item.labels, item.namespace.labels) === 'selected') {
        yield item;
      }
    }
  }

  /** All items that meet the requirement which the fewest items or Namespaces meet. */
  #candidates(anchors: readonly Anchor[]): Iterable<Item> {
    const [first, ...others] = anchors;
    if (first === undefined) {
      return this.#items;
    }
    const cost = ({ owner, terms }: Anchor): number =>
      terms.reduce((sum, term) => sum + this.#postings[owner].size(term), 0);
    const { owner, terms } = others.reduce(
      (best, anchor) => (cost(anchor) < cost(best) ? anchor : best),
      first,
    );
    return owner === 'pod'
      ? terms.flatMap((term) => [...(this.#postings.pod.of(term) ?? [])])
      : terms
          .flatMap((term) => [...(this.#postings.namespace.of(term) ?? [])])
          .flatMap(({ items }) => [...items.values()]);
  }

  #namespace(name: string): NamespaceEntry {
    const known = this.#namespaces.get(name);
    if (known !== undefined) {
      return known;
    }
    const namespace = { name, labels: undefined, items: new Map<string, Item>() };
    this.#namespaces.set(name, namespace);
    return namespace;
  }

  #dropIfUnused(namespace: NamespaceEntry): void {
    if (namespace.labels === undefined && namespace.items.size === 0) {
      this.#namespaces.delete(namespace.name);
    }
  }
}
