import type { NftChain, NftHook, NftRule, NftSet, NftTable } from './nft-table.ts';

/** One object of `nft -j list`, of the kinds that we read. */
interface NftObject {
  readonly chain?: ChainObject;
  readonly rule?: RuleObject;
  readonly set?: SetObject;
  readonly map?: SetObject;
}

interface RuleObject {
  readonly chain: string;
  readonly comment?: string;
  readonly expr?: readonly { readonly counter?: { readonly packets: number } }[];
}

interface ChainObject {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly type?: string;
  readonly hook?: string;
  readonly prio?: number;
}

interface SetObject {
  readonly name: string;
  readonly elem?: readonly unknown[];
}

/** A table as `nft -j list table` prints it. Throws a SyntaxError for other text. */
export function parseNftTable(json: string): NftTable {
  const objects = objectsOf(json);
  const rules = new Map<string, NftRule[]>();
  for (const { rule } of objects) {
    if (rule !== undefined) {
      const known = rules.get(rule.chain) ?? [];
      rules.set(rule.chain, [...known, ruleOf(rule)]);
    }
  }
  return {
    chains: new Map(
      objects.flatMap(({ chain }): [string, NftChain][] =>
        chain === undefined
          ? []
          : [[chain.name, { ...hookOf(chain), rules: rules.get(chain.name) ?? [] }]],
      ),
    ),
    sets: new Map(
      objects.flatMap(({ set, map }): [string, NftSet][] => {
        const found = set ?? map;
        return found === undefined
          ? []
          : [[found.name, { declaration: '', elements: new Map(found.elem?.map(elementOf)) }]];
      }),
    ),
  };
}

/** A base chain for source NAT, of any table. */
export interface NatChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly priority: number;
}

/** All of them, from the output of `nft -j list chains`. */
export function parseNatChains(json: string): readonly NatChain[] {
  return objectsOf(json).flatMap(({ chain }) =>
    chain?.type === 'nat' && chain.hook === 'postrouting'
      ? [{ family: chain.family, table: chain.table, name: chain.name, priority: chain.prio ?? 0 }]
      : [],
  );
}

function objectsOf(json: string): readonly NftObject[] {
  return (JSON.parse(json) as { readonly nftables: readonly NftObject[] }).nftables;
}

function ruleOf({ comment = '', expr = [] }: RuleObject): NftRule {
  const counter = expr.find((statement) => statement.counter !== undefined)?.counter;
  return { text: '', comment, ...(counter && { packets: counter.packets }) };
}

function hookOf({ type, hook, prio }: ChainObject): Pick<NftChain, 'hook'> {
  return type === undefined || hook === undefined
    ? {}
    : { hook: { type, hook, priority: prio ?? 0 } as NftHook };
}

/** An element is its key; that of a map is the pair of key and value. */
function elementOf(element: unknown): readonly [string, string] {
  if (Array.isArray(element)) {
    const [key, value] = element as [unknown, { readonly jump?: { readonly target: string } }];
    return [keyOf(key), value.jump === undefined ? '?' : `jump ${value.jump.target}`];
  }
  return [keyOf(element), ''];
}

function keyOf(key: unknown): string {
  if (typeof key === 'string' || typeof key === 'number') {
    return String(key);
  }
  const { prefix, concat } = key as {
    readonly prefix?: { readonly addr: string; readonly len: number };
    readonly concat?: readonly unknown[];
  };
  if (prefix !== undefined) {
    return `${prefix.addr}/${prefix.len}`;
  }
  return concat === undefined ? JSON.stringify(key) : concat.map(keyOf).join(' . ');
}
