import { isDeepStrictEqual } from 'node:util';
import type { IptablesOperation } from './netfilter-operation.ts';
import type { IptablesTable } from './netfilter-state.ts';
import type { IptablesRules } from './parse-iptables.ts';
import { isOwnChain, ownIptables, ownTargetOf } from './parse-iptables.ts';

/**
 * Each table is committed by itself: SNAT and accept rules come before the rules that give packets
 * the marks for them.
 */
const ORDER: readonly IptablesTable[] = ['filter', 'nat', 'raw', 'mangle'];

/**
 * The input of `iptables-restore --noflush` that makes our chains and jumps the wanted ones. A
 * table is replaced as a whole, so there is no moment without a jump although it is deleted before
 * it is inserted first again. If somebody has deleted a jump since `present` was read, the deletion
 * fails and nothing is changed. Tables that are right already are left out.
 */
export function renderRestore(wanted: IptablesOperation, present: IptablesRules): string {
  return ORDER.flatMap((table) => renderTable(table, wanted, present))
    .map((line) => `${line}\n`)
    .join('');
}

function renderTable(
  table: IptablesTable,
  wanted: IptablesOperation,
  present: IptablesRules,
): readonly string[] {
  const chains = wanted.chains.filter((chain) => chain.table === table);
  const jumps = wanted.jumps.filter((jump) => jump.table === table);
  const own = ownIptables(present);
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
    ...(jumpsAreRight ? [] : deleteJumps(present[table])),
    ...(jumpsAreRight ? [] : jumps.toReversed().map(({ from, to }) => `-I ${from} 1 -j ${to}`)),
    ...chains.flatMap(({ name, rules }) => rules.map((rule) => `-A ${name} ${rule}`)),
    ...obsolete.map(({ name }) => `-X ${name}`),
    'COMMIT',
  ];
}

/** Deletes each jump to a chain of ours as often as it is there, whatever chain it is in. */
function deleteJumps(rules: IptablesRules[IptablesTable]): readonly string[] {
  return [...rules]
    .filter(([from]) => !isOwnChain(from))
    .flatMap(([from, lines]) =>
      lines.filter((line) => ownTargetOf(line) !== undefined).map((line) => `-D ${from} ${line}`),
    );
}
