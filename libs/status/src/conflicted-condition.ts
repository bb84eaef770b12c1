import { joinNames } from './join-names.ts';
import type { StatusInput } from './status-input.ts';
import type { Verdict } from './verdict.ts';
import { verdict } from './verdict.ts';

/** Whether other Egresses are effective for Pods that this one selects. */
export function conflictedCondition({ tally }: Pick<StatusInput, 'tally'>): Verdict {
  const { overridden, selected, overriddenBy } = tally;
  if (overridden === 0) {
    return verdict('Conflicted', 'NoConflict', 'no other Egress overrides this one');
  }
  const others = [...overriddenBy].map(([name, pods]) => `${name} (${pods})`).sort();
  const message =
    `overridden on ${overridden} of ${selected} selected Pods by an older Egress ` +
    `(or one of the same age whose name sorts first): ${joinNames(others)}`;
  return verdict('Conflicted', 'OtherEgressHasPrecedence', message);
}
