/**
 * The IPv4 CIDRs without those that lie within another one. Two CIDRs either are disjoint, or one
 * contains the other.
 */
export function disjointCidrs(cidrs: readonly string[]): readonly string[] {
  const byLength = [...new Set(cidrs)].map(rangeOf).sort((a, b) => a.length - b.length);
  /** Prefix length → first addresses. */
  const kept = new Map<number, Set<number>>();
  return byLength
    .filter(({ first, length }) => {
      const isWithin = [...kept].some(([other, firsts]) => firsts.has(firstOf(first, other)));
      if (!isWithin) {
        kept.set(length, (kept.get(length) ?? new Set()).add(first));
      }
      return !isWithin;
    })
    .map(({ cidr }) => cidr);
}

interface Range {
  readonly cidr: string;
  readonly first: number;
  readonly length: number;
}

function rangeOf(cidr: string): Range {
  const [ip = '', prefix] = cidr.split('/');
  const length = Number(prefix);
  const address = ip.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  return { cidr, first: firstOf(address, length), length };
}

function firstOf(address: number, length: number): number {
  return address - (address % 2 ** (32 - length));
}
