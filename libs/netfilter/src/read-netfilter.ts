import type { Marks, ObservedNetfilter, RulesHealth } from '@sallyport/dataplane';
import { POSTROUTING_CHAIN } from '@sallyport/dataplane';
import { diffRules, hasChains, hasJumps } from './diff-rules.ts';
import type { IptablesOperation } from './netfilter-operation.ts';
import type { Chain, IptablesState, IptablesTable, NetfilterState } from './netfilter-state.ts';
import { pathOf } from './path-marks.ts';
import { JUMPS, natGuards, renderRules, UNREPAIRED_RULE } from './render-rules.ts';
import { parseKnownIdRule, parseSnatRule } from './snat-rules.ts';

/** Parses our sets and rules, once, into what they mean. Pure. */
export function readNetfilter(
  state: NetfilterState,
  marks: Marks,
): ObservedNetfilter<IptablesOperation> {
  const { sets, rules } = state;
  const snatIds = readSnatIds(rules, marks);
  const health = healthOf(state, snatIds, marks);
  return {
    ...(sets.pods && {
      paths: new Map([...sets.pods].map(([ip, mark]) => [ip, pathOf(mark, snatIds, marks)])),
    }),
    ...(sets.internal && { internal: sets.internal }),
    snatIds,
    health,
    diffRules: (desired) => diffRules(rules, renderRules(desired, marks), health === 'intact'),
  };
}

/** Of two rules for one SNAT id the first one translates. */
function readSnatIds({ chains }: IptablesState, marks: Marks): ReadonlyMap<number, string> {
  const chain = chains.find(({ table, name }) => table === 'nat' && name === POSTROUTING_CHAIN);
  const snatIds = new Map<number, string>();
  for (const rule of chain?.rules ?? []) {
    const parsed = parseSnatRule(rule, marks);
    if (parsed !== undefined && !snatIds.has(parsed.id)) {
      snatIds.set(parsed.id, parsed.egressIP);
    }
  }
  return snatIds;
}

function healthOf(
  { sets, rules }: NetfilterState,
  snatIds: ReadonlyMap<number, string>,
  marks: Marks,
): RulesHealth {
  const rulesIn = (wanted: IptablesTable): readonly string[] =>
    rules.chains.filter(({ table }) => table === wanted).flatMap((chain) => chain.rules);
  if (rulesIn('nat').includes(UNREPAIRED_RULE)) {
    return 'unrepaired';
  }
  const isIntact =
    sets.pods !== undefined &&
    sets.internal !== undefined &&
    // The filter table only accepts: it changes no source address.
    hasJumps(rules, { jumps: JUMPS.filter(({ table }) => table !== 'filter') }) &&
    areMarksIntact(rules, snatIds, marks) &&
    isNatIntact(rulesIn('nat'), marks);
  return isIntact ? 'intact' : 'damaged';
}

/** Raw and mangle are as rendered. The known SNAT ids may differ, if each has its SNAT rule. */
function areMarksIntact(
  { chains }: IptablesState,
  snatIds: ReadonlyMap<number, string>,
  marks: Marks,
): boolean {
  const ids: number[] = [];
  const fixed = chains.filter(isRawOrMangle).map((chain) => ({
    ...chain,
    rules: chain.rules.filter((rule) => {
      const id = parseKnownIdRule(rule, marks);
      if (id !== undefined) {
        ids.push(id);
      }
      return id === undefined;
    }),
  }));
  const wanted = renderRules({ snatIds: new Map() }, marks).chains.filter(isRawOrMangle);
  return hasChains({ chains: fixed, jumps: [] }, wanted) && ids.every((id) => snatIds.has(id));
}

function isRawOrMangle({ table }: Chain): boolean {
  return table === 'raw' || table === 'mangle';
}

/** The guards come first, and nothing but SNAT rules follows. */
function isNatIntact(rules: readonly string[], marks: Marks): boolean {
  const guards = natGuards(marks);
  return (
    guards.every((guard, index) => guard === rules[index]) &&
    rules.slice(guards.length).every((rule) => parseSnatRule(rule, marks) !== undefined)
  );
}
