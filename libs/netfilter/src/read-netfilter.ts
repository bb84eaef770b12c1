import type { Marks, ObservedNetfilter, RulesHealth } from '@sallyport/dataplane';
import { INPUT_CHAIN, OUTPUT_CHAIN, TUNNEL_CHAIN } from '@sallyport/dataplane';
import { diffRules, hasChains, hasJumps } from './diff-rules.ts';
import type { BackendOperation } from './netfilter-operation.ts';
import type { Chain, IptablesState, NetfilterState } from './netfilter-state.ts';
import { natGuards } from './own-rules.ts';
import { pathOf } from './path-marks.ts';
import { renderRule } from './render-rule.ts';
import { JUMPS, renderRules, UNREPAIRED_RULE } from './render-rules.ts';
import { parseKnownIdRule, parseSnatRule } from './snat-rules.ts';

/** Parses our sets and rules, once, into their meaning. Pure. */
export function readNetfilter(
  state: NetfilterState,
  marks: Marks,
): ObservedNetfilter<BackendOperation> {
  const { sets, rules } = state;
  const natRules = rules.chains.filter(({ table }) => table === 'nat').flatMap(readChain(marks));
  const snatIds = snatIdsOf(natRules);
  const health = healthOf(state, natRules, snatIds, marks);
  return {
    ...(sets.pods && {
      paths: new Map([...sets.pods].map(([ip, mark]) => [ip, pathOf(mark, snatIds, marks)])),
    }),
    ...(sets.internal && { internal: sets.internal }),
    ...(sets.nodes && { nodes: sets.nodes }),
    snatIds,
    health,
    dropsWrongSources: false,
    diffRules: (desired) => diffRules(rules, renderRules(desired, marks), health === 'intact'),
  };
}

/** A rule of our nat chain, with its SNAT id and egress IP if it translates. */
interface NatRule {
  readonly text: string;
  readonly snat: ReturnType<typeof parseSnatRule>;
}

function readChain(marks: Marks): (chain: Chain) => readonly NatRule[] {
  return ({ rules }) => rules.map((text) => ({ text, snat: parseSnatRule(text, marks) }));
}

/** Of two rules for one SNAT id the first one translates. */
function snatIdsOf(natRules: readonly NatRule[]): ReadonlyMap<number, string> {
  const snatIds = new Map<number, string>();
  for (const { snat } of natRules) {
    if (snat !== undefined && !snatIds.has(snat.id)) {
      snatIds.set(snat.id, snat.egressIP);
    }
  }
  return snatIds;
}

function healthOf(
  { sets, rules }: NetfilterState,
  natRules: readonly NatRule[],
  snatIds: ReadonlyMap<number, string>,
  marks: Marks,
): RulesHealth {
  if (natRules.some(({ text }) => text === UNREPAIRED_RULE)) {
    return 'unrepaired';
  }
  const isIntact =
    sets.pods !== undefined &&
    sets.internal !== undefined &&
    // The others change no source address.
    hasJumps(rules, { jumps: JUMPS.filter(({ table, to }) => decidesSources(table, to)) }) &&
    areMarksIntact(rules, snatIds, marks) &&
    isNatIntact(natRules, marks);
  return isIntact ? 'intact' : 'damaged';
}

/** Raw and mangle are as rendered. The known SNAT ids may differ, if each has its SNAT rule. */
function areMarksIntact(
  { chains }: IptablesState,
  snatIds: ReadonlyMap<number, string>,
  marks: Marks,
): boolean {
  const ids: number[] = [];
  const fixed = chains.filter(isMarking).map((chain) => ({
    ...chain,
    rules: chain.rules.filter((rule) => {
      const id = parseKnownIdRule(rule, marks);
      if (id !== undefined) {
        ids.push(id);
      }
      return id === undefined;
    }),
  }));
  const wanted = renderRules({ snatIds: new Map(), tunnelPort: 0 }, marks).chains.filter(isMarking);
  return hasChains({ chains: fixed, jumps: [] }, wanted) && ids.every((id) => snatIds.has(id));
}

function isMarking({ table, name }: Chain): boolean {
  return table !== 'nat' && decidesSources(table, name);
}

/** Whether the source address of a packet depends on this chain. */
function decidesSources(table: Chain['table'], chain: string): boolean {
  return table !== 'filter' && ![INPUT_CHAIN, OUTPUT_CHAIN, TUNNEL_CHAIN].includes(chain);
}

/** The guards come first, and nothing but SNAT rules follows. */
function isNatIntact(natRules: readonly NatRule[], marks: Marks): boolean {
  const guards = natGuards(marks).map(renderRule);
  return (
    guards.every((guard, index) => guard === natRules[index]?.text) &&
    natRules.slice(guards.length).every(({ snat }) => snat !== undefined)
  );
}
