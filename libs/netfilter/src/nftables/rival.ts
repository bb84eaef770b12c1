import type { DumpedChain } from './nft-messages.ts';
import { TABLE_NAMES } from './nft-table.ts';
import { NAT_PRIORITY } from './render-nft-tables.ts';

/** A base chain for source NAT, of any table. */
export interface NatChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly priority: number;
}

/** Those among all chains. */
export function natChainsIn(chains: readonly DumpedChain[]): readonly NatChain[] {
  return chains.flatMap(({ family, table, name, hook }) =>
    hook?.type === 'nat' && hook.hook === 'postrouting'
      ? [{ family, table, name, priority: hook.priority }]
      : [],
  );
}

/**
 * The chain that may translate a connection before a chain of this priority: the kernel asks the
 * chains in the order of their priorities. Of two equal ones, the younger comes first.
 */
export function rivalOf(
  chains: readonly NatChain[],
  priority: number = NAT_PRIORITY,
): string | undefined {
  const rival = chains.find((chain) => !isOurs(chain) && chain.priority <= priority);
  return (
    rival &&
    `the NAT chain ${rival.name} of table ${rival.family} ${rival.table}, at priority ${rival.priority}`
  );
}

/** iptables-nft has one chain here, with our rules in front. */
function isOurs({ family, table, name }: NatChain): boolean {
  const isOfIptables = family === 'ip' && table === 'nat' && name === 'POSTROUTING';
  return (family === 'inet' && table === TABLE_NAMES.main) || isOfIptables;
}
