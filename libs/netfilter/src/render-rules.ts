import type { DesiredNetfilter, Marks } from '@sallyport/dataplane';
import {
  FORWARD_CHAIN,
  INPUT_CHAIN,
  OUTPUT_CHAIN,
  POSTROUTING_CHAIN,
  PREROUTING_CHAIN,
} from '@sallyport/dataplane';
import type { IptablesState, Jump } from './netfilter-state.ts';
import { ownChains } from './own-rules.ts';
import { renderRule } from './render-rule.ts';

/**
 * Does nothing to a packet. At the end of our nat chain it marks an unfinished repair: damaged
 * rules are replaced, but the connections that they let pass still exist. Without it a restarted
 * agent would take the new rules for a proof that all connections are right.
 */
export const UNREPAIRED_RULE = '-m comment --comment SALLYPORT-UNREPAIRED';

/** The jumps from built-in chains; each has to be the first rule there. */
export const JUMPS: readonly Jump[] = [
  { table: 'raw', from: 'PREROUTING', to: PREROUTING_CHAIN, first: true },
  { table: 'raw', from: 'OUTPUT', to: OUTPUT_CHAIN, first: true },
  { table: 'mangle', from: 'PREROUTING', to: PREROUTING_CHAIN, first: true },
  { table: 'mangle', from: 'INPUT', to: INPUT_CHAIN, first: true },
  { table: 'mangle', from: 'FORWARD', to: FORWARD_CHAIN, first: true },
  { table: 'filter', from: 'FORWARD', to: FORWARD_CHAIN, first: true },
  { table: 'nat', from: 'POSTROUTING', to: POSTROUTING_CHAIN, first: true },
];

/** Our chains in the words of iptables, with the jumps to them first in the built-in ones. */
export function renderRules(
  desired: Pick<DesiredNetfilter, 'snatIds' | 'tunnelPort'>,
  marks: Marks,
): IptablesState {
  return {
    chains: ownChains(desired, marks).map(({ table, name, rules }) => ({
      table,
      name,
      rules: rules.map((rule) => renderRule(rule)),
    })),
    jumps: JUMPS,
  };
}
