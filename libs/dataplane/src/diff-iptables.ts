import { UNREPAIRED_RULE } from './constants.ts';
import type { Operation } from './operation.ts';
import type { Chain, IptablesState } from './state.ts';

/**
 * The operations before anything is steered by the new rules, and after nothing is steered by the
 * old ones any more.
 */
export interface IptablesDiff {
  readonly before: readonly Operation[];
  readonly after: readonly Operation[];
}

/**
 * First the desired rules with those that are there behind them, then the desired ones alone.
 * @param trustActual false when the actual rules may have let packets leave with a wrong address.
 */
export function diffIptables(
  actual: IptablesState,
  desired: IptablesState,
  trustActual: boolean,
): IptablesDiff {
  const both = desired.chains.map((chain) => {
    const mark = trustActual || chain.table !== 'nat' ? [] : [UNREPAIRED_RULE];
    const old = rulesOf(actual, chain).filter(
      (rule) => !chain.rules.includes(rule) && !mark.includes(rule),
    );
    return { ...chain, rules: [...chain.rules, ...old, ...mark] };
  });
  const restore = (chains: readonly Chain[]): Operation => ({
    op: 'iptables-restore',
    chains,
    jumps: desired.jumps.map(({ table, from, to }) => ({ table, from, to })),
  });
  const isThere = hasJumps(actual, desired) && hasChains(actual, both);
  const isEnough = hasChains({ ...desired, chains: both }, desired.chains);
  return {
    before: isThere ? [] : [restore(both)],
    after: isEnough ? [] : [restore(desired.chains)],
  };
}

/** Whether every jump is there, first in its built-in chain. */
export function hasJumps(actual: IptablesState, desired: Pick<IptablesState, 'jumps'>): boolean {
  return desired.jumps.every((wanted) =>
    actual.jumps.some(
      ({ table, from, to, first }) =>
        first && table === wanted.table && from === wanted.from && to === wanted.to,
    ),
  );
}

/** Whether `chains` have exactly these rules, in this order. */
export function hasChains(actual: IptablesState, chains: readonly Chain[]): boolean {
  return chains.every((chain) => {
    const rules = chainOf(actual, chain)?.rules;
    return (
      rules?.length === chain.rules.length &&
      chain.rules.every((rule, index) => rule === rules[index])
    );
  });
}

function rulesOf(state: IptablesState, chain: Chain): readonly string[] {
  return chainOf(state, chain)?.rules ?? [];
}

function chainOf(
  { chains }: IptablesState,
  { table, name }: Omit<Chain, 'rules'>,
): Chain | undefined {
  return chains.find((chain) => chain.table === table && chain.name === name);
}
