import { ipFamily } from '@sallyport/api';
import { EGRESS_RULES, MAIN_TABLE, RULE_PRIORITIES } from './constants.ts';
import type { Marks } from './marks.ts';
import { packetMask, snatMark } from './marks.ts';
import { containedIn } from './node-addresses.ts';
import type { PolicyRule, SourceRule } from './routing-state.ts';

/**
 * The rules that route a packet by the egress IP that it will get. The kernel routes before it
 * translates, so a rule `from <egress IP>` of the Node's administrator never matches. Each is
 * repeated for the mark of the egress IP, and the main table follows. That table comes first where
 * rules know other sources only, such as the Pods of the AWS VPC CNI. Without such rules, there are
 * none of ours.
 */
export function egressRules(
  snatIds: ReadonlyMap<number, string>,
  sourceRules: readonly SourceRule[],
  marks: Marks,
): readonly PolicyRule[] {
  return [...snatIds].flatMap(([id, egressIP]) => {
    const family = ipFamily(egressIP);
    const ofFamily = sourceRules.filter((rule) => rule.family === family);
    if (ofFamily.length === 0) {
      return [];
    }
    const tables = tablesFor(egressIP, ofFamily).slice(0, EGRESS_RULES - 1);
    return [...tables, MAIN_TABLE].map((table, index) => ({
      ...{ family, mark: snatMark(id, marks), mask: packetMask(marks), table },
      priority: RULE_PRIORITIES.egress + index,
    }));
  });
}

/** The tables that rules of other software look up for a source, in their order. */
export function tablesFor(ip: string, sourceRules: readonly SourceRule[]): readonly number[] {
  const tables = sourceRules
    .filter(({ from }) => containedIn([from])(ip))
    .toSorted((a, b) => a.priority - b.priority)
    .map(({ table }) => table);
  return [...new Set(tables)];
}
