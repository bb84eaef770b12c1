/** Lists of members by term. */
export class Postings<T> {
  readonly #lists = new Map<string, Set<T>>();

  get termCount(): number {
    return this.#lists.size;
  }

  of(term: string): ReadonlySet<T> | undefined {
    return this.#lists.get(term);
  }

  size(term: string): number {
    return this.#lists.get(term)?.size ?? 0;
  }

  add(terms: readonly string[], member: T): void {
    for (const term of terms) {
      const list = this.#lists.get(term);
      if (list === undefined) {
        this.#lists.set(term, new Set([member]));
      } else {
        list.add(member);
      }
    }
  }

  delete(terms: readonly string[], member: T): void {
    for (const term of terms) {
      const list = this.#lists.get(term);
      list?.delete(member);
      if (list?.size === 0) {
        this.#lists.delete(term);
      }
    }
  }
}
