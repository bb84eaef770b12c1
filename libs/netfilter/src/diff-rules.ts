import type { RulesDiff } from '@sallyport/dataplane';
import type { IptablesOperation } from './netfilter-operation.ts';
import type { Chain, IptablesState } from './netfilter-state.ts';
import { UNREPAIRED_RULE } from './render-rules.ts';

/**
 * First the desired rules with the observed ones behind them, then the desired ones alone.
 * @param isIntact false when the observed rules may have let packets leave with a wrong address.
 */
export function diffRules(
  observed: IptablesState,
  desired: IptablesState,
  isIntact: boolean,
): RulesDiff<IptablesOperation> {
  const both = desired.chains.map((chain) => {
    const unrepaired = isIntact || chain.table !== 'nat' ? [] : [UNREPAIRED_RULE];
    const wanted = new Set([...chain.rules, ...unrepaired]);
    const old = rulesOf(observed, chain).filter((rule) => !wanted.has(rule));
    return { ...chain, rules: [...chain.rules, ...old, ...unrepaired] };
  });
  const restore = (chains: readonly Chain[]): IptablesOperation => ({
    op: 'iptables-restore',
    chains,
    jumps: desired.jumps.map(({ table, from, to }) => ({ table, from, to })),
  });
  const isThere = hasJumps(observed, desired) && hasChains(observed, both);
  const isEnough = hasChains({ ...desired, chains: both }, desired.chains);
  return {
    add: isThere ? [] : [restore(both)],
    remove: isEnough ? [] : [restore(desired.chains)],
  };
}

/** Whether every jump is there, first in its built-in chain. */
export function hasJumps(observed: IptablesState, desired: Pick<IptablesState, 'jumps'>): boolean {
  return desired.jumps.every((wanted) =>
    observed.jumps.some(
      ({ table, from, to, first }) =>
        first && table === wanted.table && from === wanted.from && to === wanted.to,
    ),
  );
}

/** Whether `chains` have exactly these rules, in this order. */
export function hasChains(observed: IptablesState, chains: readonly Chain[]): boolean {
  return chains.every((chain) => {
    const rules = chainOf(observed, chain)?.rules;
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
