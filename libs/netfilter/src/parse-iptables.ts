import type { Chain, IptablesState, IptablesTable, Jump } from './netfilter-state.ts';

/** Rules by chain, each as printed after `-A <chain> `. */
type ChainRules = ReadonlyMap<string, readonly string[]>;

/** The output of `iptables-save`. */
export type IptablesRules = Readonly<Record<IptablesTable, ChainRules>>;

/** Every chain whose name begins so is ours, in every table. */
const CHAIN_PREFIX = 'SALLYPORT-';

const TABLES: readonly IptablesTable[] = ['raw', 'mangle', 'nat', 'filter'];

const JUMP = /^-j (?<to>\S+)$/;

/**
 * The tables that we use; a table that has not been used since boot is not printed and comes out
 * empty.
 */
export function parseIptablesRules(stdout: string): IptablesRules {
  const tables = new Map<string, Map<string, string[]>>();
  let chains = new Map<string, string[]>();
  for (const line of stdout.split('\n')) {
    if (line.startsWith('*')) {
      chains = new Map();
      tables.set(line.slice(1), chains);
    } else if (line.startsWith(':')) {
      chains.set(line.slice(1, line.indexOf(' ')), []);
    } else if (line.startsWith('-A ')) {
      const end = line.indexOf(' ', 3);
      chains.get(line.slice(3, end))?.push(line.slice(end + 1));
    }
  }
  const table = (name: IptablesTable): ChainRules =>
    tables.get(name) ?? new Map<string, string[]>();
  return { raw: table('raw'), mangle: table('mangle'), nat: table('nat'), filter: table('filter') };
}

/** Our chains, and the jumps to them from chains that are not ours. */
export function ownIptables(rules: IptablesRules): IptablesState {
  const all = TABLES.flatMap((table) =>
    [...rules[table]].map(([name, lines]) => ({ table, name, rules: lines })),
  );
  return {
    chains: all.filter(({ name }) => isOwnChain(name)),
    jumps: all.filter(({ name }) => !isOwnChain(name)).flatMap(jumpsOf),
  };
}

/** The chain that a rule jumps to without a condition, when it is one of ours. */
export function ownTargetOf(rule: string): string | undefined {
  const to = JUMP.exec(rule)?.groups?.to;
  return to !== undefined && isOwnChain(to) ? to : undefined;
}

/** Whether the name has our prefix. */
export function isOwnChain(name: string): boolean {
  return name.startsWith(CHAIN_PREFIX);
}

function jumpsOf({ table, name: from, rules }: Chain): readonly Jump[] {
  const targets = rules.map(ownTargetOf);
  return [...new Set(targets.filter((to) => to !== undefined))].map((to) => ({
    table,
    from,
    to,
    first: targets.indexOf(to) === 0 && targets.lastIndexOf(to) === 0,
  }));
}
