import { isDeepStrictEqual } from 'node:util';
import type { IptablesTable, Operation } from '@sallyport/dataplane';
import type { IptablesRules } from './parse-iptables.ts';
import { ownIptables, ownTargetOf } from './parse-iptables.ts';

type IptablesRestore = Extract<Operation, { op: 'iptables-restore' }>;

/**
 * SNAT and accept rules stand before the rules that steer packets to them: each table is committed
 * by itself.
 */
const ORDER: readonly IptablesTable[] = ['filter', 'nat', 'raw', 'mangle'];

/**
 * The input of `iptables-restore --noflush` that makes our chains and jumps what is wanted. A table
 * is replaced as a whole, so there is no moment without a jump although it is deleted before it is
 * inserted first again; and when somebody has taken a jump away since `present` was read, the
 * deletion fails and nothing is changed. Tables that are right already are left out.
 */
export function renderIptables(
  wanted: IptablesRestore,
  present: IptablesRules,
  chainPrefix: string,
): string {
  return ORDER.flatMap((table) => renderTable(table, wanted, present, chainPrefix))
    .map((line) => `${line}\n`)
    .join('');
}

function renderTable(
  table: IptablesTable,
  wanted: IptablesRestore,
  present: IptablesRules,
  chainPrefix: string,
): readonly string[] {
  const chains = wanted.chains.filter((chain) => chain.table === table);
  const jumps = wanted.jumps.filter((jump) => jump.table === table);
  const own = ownIptables(present, chainPrefix);
  const obsolete = own.chains.filter(
    (chain) => chain.table === table && !chains.some(({ name }) => name === chain.name),
  );
  const presentJumps = own.jumps.filter((jump) => jump.table === table);
  const jumpsAreRight =
    presentJumps.length === jumps.length &&
    jumps.every((jump) =>
      presentJumps.some(({ from, to, first }) => from === jump.from && to === jump.to && first),
    );
  const chainsAreRight =
    obsolete.length === 0 &&
    chains.every(({ name, rules }) => isDeepStrictEqual(present[table].get(name), rules));
  if (chainsAreRight && jumpsAreRight) {
    return [];
  }
  return [
    `*${table}`,
    // Under --noflush a declaration empties the chain, or creates it; the built-in chains keep
    // their other rules.
    ...[...chains, ...obsolete].map(({ name }) => `:${name} - [0:0]`),
    ...(jumpsAreRight ? [] : deleteJumps(present[table], chainPrefix)),
    ...(jumpsAreRight ? [] : jumps.toReversed().map(({ from, to }) => `-I ${from} 1 -j ${to}`)),
    ...chains.flatMap(({ name, rules }) => rules.map((rule) => `-A ${name} ${rule}`)),
    ...obsolete.map(({ name }) => `-X ${name}`),
    'COMMIT',
  ];
}

/** Deletes each jump to a chain of ours as often as it is there, whatever chain it is in. */
function deleteJumps(rules: IptablesRules[IptablesTable], chainPrefix: string): readonly string[] {
  return [...rules]
    .filter(([from]) => !from.startsWith(chainPrefix))
    .flatMap(([from, lines]) =>
      lines
        .filter((line) => ownTargetOf(line, chainPrefix) !== undefined)
        .map((line) => `-D ${from} ${line}`),
    );
}
