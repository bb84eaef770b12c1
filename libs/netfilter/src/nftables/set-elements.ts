import { ipFromBytes } from '@sallyport/nfnetlink';
import { KEY_TYPES } from './nf-tables.ts';

/** An element of a set or map, as netlink has it. */
export interface SetElement {
  readonly key: Buffer;
  /** The first address behind an interval, and no element. */
  readonly isEnd: boolean;
  /** Of a map; empty in a set. */
  readonly value: string;
}

/** The type of a set, as netlink has it. */
export interface SetType {
  /** As nft numbers types of keys. */
  readonly keyType: number;
  readonly isInterval: boolean;
}

/** The elements in the words of nft: `10.0.0.1`, `10.0.0.0/8`, `10.0.0.1 . 24`. */
export function elementsFrom(
  elements: readonly SetElement[],
  { keyType, isInterval }: SetType,
): ReadonlyMap<string, string> {
  if (isInterval) {
    return new Map(intervalsFrom(elements).map((text) => [text, '']));
  }
  return new Map(elements.map(({ key, value }) => [keyText(key, keyType), value]));
}

function keyText(key: Buffer, keyType: number): string {
  const parts: string[] = [];
  let at = 0;
  for (const type of typesIn(keyType)) {
    const length = type === KEY_TYPES.ipv6 ? 16 : 4;
    parts.push(
      type === KEY_TYPES.mark
        ? String(key.readUInt32LE(at))
        : ipFromBytes(key, at, Math.min(at + length, key.length)),
    );
    at += length;
  }
  return parts.join(' . ');
}

/** The types of a concatenation, the first one first. */
function typesIn(keyType: number): readonly number[] {
  const types: number[] = [];
  for (let rest = keyType; rest > 0; rest >>>= KEY_TYPES.bits) {
    types.unshift(rest & ((1 << KEY_TYPES.bits) - 1));
  }
  return types;
}

/** Intervals of addresses, each from its first address to the one behind its last. */
function intervalsFrom(elements: readonly SetElement[]): readonly string[] {
  const sorted = elements
    .map((element) => ({ ...element, address: BigInt(`0x${element.key.toString('hex')}`) }))
    // Where one interval ends and the next begins, the end comes first.
    .sort((a, b) => compare(a.address, b.address) || Number(b.isEnd) - Number(a.isEnd));
  const texts: string[] = [];
  sorted.forEach(({ key, address, isEnd }, index) => {
    if (!isEnd) {
      const end = sorted[index + 1]?.address ?? 1n << BigInt(key.length * 8);
      texts.push(intervalText(key, address, end - address));
    }
  });
  return texts;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}

function intervalText(key: Buffer, first: bigint, count: bigint): string {
  const ip = ipFromBytes(key, 0, key.length);
  if (count === 1n) {
    return ip;
  }
  const bits = count.toString(2).length - 1;
  const isPrefix = count === 1n << BigInt(bits) && first % count === 0n;
  return isPrefix ? `${ip}/${key.length * 8 - bits}` : `${ip} + ${count}`;
}
