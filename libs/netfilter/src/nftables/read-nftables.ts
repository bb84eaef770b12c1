import { isDeepStrictEqual } from 'node:util';
import type {
  DesiredNetfilter,
  Marks,
  ObservedNetfilter,
  RulesDiff,
  RulesHealth,
} from '@sallyport/dataplane';
import { FORWARD_CHAIN } from '@sallyport/dataplane';
import { diffRules } from '../diff-rules.ts';
import type { BackendOperation, NftRulesOperation } from '../netfilter-operation.ts';
import type { IptablesState } from '../netfilter-state.ts';
import { renderRules } from '../render-rules.ts';
import type { NftContent } from './nft-content.ts';
import { pathOfChain } from './nft-content.ts';
import type { NftTable, NftTables } from './nft-table.ts';
import { parseSnatComment } from './render-nft-rule.ts';
import { NAT_CHAIN, renderNftTables, UNREPAIRED_CHAIN } from './render-nft-tables.ts';

/** Everything of ours in netfilter, where nftables is the backend. */
export interface NftablesState {
  readonly tables: NftTables;
  /** Our chain and jump in the filter table of iptables; absent on a Node without iptables. */
  readonly filter?: IptablesState;
  /** A chain that may translate before ours, as a sentence names it. */
  readonly rival?: string;
}

/** Reads the tables, once, into their meaning. Pure. */
export function readNftables(
  { tables, filter, rival }: NftablesState,
  marks: Marks,
): ObservedNetfilter<BackendOperation> {
  const content = readContent(tables);
  const { main } = tables;
  const health = healthOf(main, content, marks);
  return {
    ...(main?.sets.has('paths4') === true && { paths: content.paths }),
    ...(main?.sets.has('cidrs4') === true && { internal: content.internal }),
    ...(main?.sets.has('nodes4') === true && { nodes: content.nodes }),
    snatIds: content.snatIds,
    health,
    ...(rival === undefined ? {} : { rival }),
    // The guard drops every packet that a rival has translated.
    dropsWrongSources: true,
    wrongSourcesDropped: packetsOf(tables.guard),
    diffRules(desired) {
      const own = diffOwnRules(tables, content, health !== 'intact', desired, marks);
      const accepting = filter === undefined ? NO_DIFF : diffFilter(filter, desired, marks);
      return {
        add: [...accepting.add, ...own.add],
        remove: [...own.remove, ...accepting.remove],
      };
    },
  };
}

const NO_DIFF: RulesDiff<BackendOperation> = { add: [], remove: [] };

/** @param snatIds those of the rules, unless others are to be there. */
export function readContent(
  { main }: NftTables,
  snatIds: ReadonlyMap<number, string> = snatIdsOf(main),
): NftContent {
  const keysOf = (set: string): readonly string[] =>
    [...(main?.sets.get(set)?.elements ?? [])].map(([key]) => key);
  const paths = [...(main?.sets.get('paths4')?.elements ?? [])];
  return {
    paths: new Map(
      paths.map(([ip, verdict]) => [ip, pathOfChain(verdict.slice('jump '.length), snatIds)]),
    ),
    internal: new Set(keysOf('cidrs4').map((key) => key.replace(' . ', '/'))),
    nodes: new Set(keysOf('nodes4')),
    snatIds,
    tunnelPort: 0,
    unrepaired: main?.chains.has(UNREPAIRED_CHAIN) === true,
  };
}

/** All rules of the guard that count drop. */
function packetsOf(guard: NftTable | undefined): number {
  const rules = [...(guard?.chains.values() ?? [])].flatMap((chain) => chain.rules);
  return rules.reduce((sum, { packets = 0 }) => sum + packets, 0);
}

/** Of two rules for one SNAT id the first one translates. */
function snatIdsOf(main: NftTable | undefined): ReadonlyMap<number, string> {
  const rules = main?.chains.get(NAT_CHAIN)?.rules ?? [];
  const pairs = rules.flatMap(({ comment }) => {
    const pair = parseSnatComment(comment);
    return pair === undefined ? [] : [pair];
  });
  return new Map(pairs.toReversed());
}

/** Chains that decide no source address. */
const GUARDS_OF_THE_TUNNEL = ['raw-tunnel', 'raw-output', 'mangle-tunnel', 'mangle-input'];

function healthOf(main: NftTable | undefined, content: NftContent, marks: Marks): RulesHealth {
  if (main === undefined) {
    return 'damaged';
  }
  if (content.unrepaired) {
    return 'unrepaired';
  }
  const wanted = renderNftTables(content, marks).main;
  const deciding = ({ chains, sets }: NftTable): NftTable => ({
    chains: new Map([...chains].filter(([name]) => !GUARDS_OF_THE_TUNNEL.includes(name))),
    sets,
  });
  return isSame(deciding(main), deciding(wanted)) ? 'intact' : 'damaged';
}

function diffOwnRules(
  tables: NftTables,
  content: NftContent,
  unrepaired: boolean,
  { snatIds, tunnelPort }: DesiredNetfilter,
  marks: Marks,
): RulesDiff<BackendOperation> {
  // Packets may rely on the old ids until the Pods have their new paths.
  const both = new Map([...content.snatIds, ...snatIds]);
  const isThere = (wanted: NftContent): boolean => {
    const { main, guard } = renderNftTables(wanted, marks);
    return isSame(tables.main, main) && isSame(tables.guard, guard);
  };
  const isEnough = both.size === snatIds.size && !unrepaired;
  const operation = (ids: ReadonlyMap<number, string>, marked: boolean): NftRulesOperation => ({
    op: 'nft-rules',
    snatIds: [...ids].sort(([a], [b]) => a - b),
    tunnelPort,
    unrepaired: marked,
  });
  return {
    add: isThere({ ...content, snatIds: both, tunnelPort, unrepaired })
      ? []
      : [operation(both, unrepaired)],
    remove: isEnough ? [] : [operation(snatIds, false)],
  };
}

/** Of iptables' tables only filter: see {@link renderNftTables}. */
function diffFilter(
  observed: IptablesState,
  desired: DesiredNetfilter,
  marks: Marks,
): RulesDiff<BackendOperation> {
  const { chains, jumps } = renderRules(desired, marks);
  return diffRules(
    observed,
    {
      chains: chains.filter(({ table }) => table === 'filter'),
      jumps: jumps.filter(({ table, to }) => table === 'filter' && to === FORWARD_CHAIN),
    },
    true,
  );
}

/** Whether a table that was read back is as rendered. */
function isSame(observed: NftTable | undefined, rendered: NftTable): boolean {
  return observed !== undefined && isDeepStrictEqual(shapeOf(observed), shapeOf(rendered));
}

function shapeOf({ chains, sets }: NftTable): unknown {
  return {
    chains: new Map(
      [...chains].map(([name, { hook, rules }]) => [
        name,
        [hook, rules.map(({ comment }) => comment)],
      ]),
    ),
    sets: new Map([...sets].map(([name, { elements }]) => [name, elements])),
  };
}
