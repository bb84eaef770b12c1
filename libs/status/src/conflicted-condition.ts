import { podKey } from '@sallyport/grouping';
import { joinNames } from './join-names.ts';
import type { StatusInput } from './status-input.ts';
import type { Verdict } from './verdict.ts';
import { verdict } from './verdict.ts';

/** Whether other Egresses are effective for Pods that this one selects. */
export function conflictedCondition({ overridden, members }: StatusInput): Verdict {
  if (overridden.length === 0) {
    return verdict('Conflicted', 'NoConflict', 'no other Egress overrides this one');
  }
  const podsByEgress = new Map<string, Set<string>>();
  for (const { by, pod } of overridden) {
    podsByEgress.set(by, (podsByEgress.get(by) ?? new Set()).add(podKey(pod)));
  }
  const lost = new Set(overridden.map(({ pod }) => podKey(pod)));
  const selected = new Set([...lost, ...members.map(({ pod }) => podKey(pod))]);
  const others = [...podsByEgress].map(([name, pods]) => `${name} (${pods.size})`).sort();
  const message =
    `overridden on ${lost.size} of ${selected.size} selected Pods by an older Egress ` +
    `(or one of the same age whose name sorts first): ${joinNames(others)}`;
  return verdict('Conflicted', 'OtherEgressHasPrecedence', message);
}
