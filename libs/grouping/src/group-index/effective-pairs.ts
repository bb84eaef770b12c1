import { byPrecedence } from '@sallyport/api';
import type { Effective, EgressEntry, SelectorEntry } from './entries.ts';
import { hasFamily } from './families.ts';

/** Makes the effective Egresses of both families: equal pairs are the same object. */
export class EffectivePairs {
  readonly #none = {};
  readonly #pairs = new WeakMap<object, WeakMap<object, Effective>>();

  /** No Egress for either family. */
  readonly nobody: Effective = this.#pair(undefined, undefined);

  /** The first Egress of each family, of Egresses by precedence. */
  firstOf(egresses: readonly EgressEntry[]): Effective {
    return this.#pair(
      egresses.find(({ families }) => hasFamily(families, 'IPv4')),
      egresses.find(({ families }) => hasFamily(families, 'IPv6')),
    );
  }

  /** The first Egress of each family, of all Egresses with these selectors. */
  bestOf(selectors: readonly SelectorEntry[]): Effective {
    let { IPv4, IPv6 } = this.nobody;
    for (const { best } of selectors) {
      IPv4 = older(IPv4, best.IPv4);
      IPv6 = older(IPv6, best.IPv6);
    }
    return this.#pair(IPv4, IPv6);
  }

  #pair(IPv4: EgressEntry | undefined, IPv6: EgressEntry | undefined): Effective {
    const byIPv6 = this.#pairs.get(IPv4 ?? this.#none) ?? new WeakMap<object, Effective>();
    this.#pairs.set(IPv4 ?? this.#none, byIPv6);
    const pair = byIPv6.get(IPv6 ?? this.#none) ?? { IPv4, IPv6 };
    byIPv6.set(IPv6 ?? this.#none, pair);
    return pair;
  }
}

function older(a: EgressEntry | undefined, b: EgressEntry | undefined): EgressEntry | undefined {
  if (a === undefined || b === undefined) {
    return a ?? b;
  }
  return byPrecedence(a.egress, b.egress) <= 0 ? a : b;
}
