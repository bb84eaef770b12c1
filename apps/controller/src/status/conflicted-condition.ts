import { podKey } from '@sallyport/grouping';
import { listed } from './listed.ts';
import type { StatusInput, Verdict } from './plan-status.ts';

/** Do other Egresses govern Pods that this one selects? */
export function conflictedCondition({ losses, members }: StatusInput): Verdict {
  if (losses.length === 0) {
    return {
      status: 'False',
      reason: 'NoConflict',
      message: 'no other Egress has precedence on a selected Pod',
    };
  }
  const lostTo = new Map<string, Set<string>>();
  for (const { winner, pod } of losses) {
    lostTo.set(winner, (lostTo.get(winner) ?? new Set()).add(podKey(pod)));
  }
  const lost = new Set(losses.map(({ pod }) => podKey(pod)));
  const selected = new Set([...lost, ...members.map(({ pod }) => podKey(pod))]);
  const winners = [...lostTo].map(([winner, pods]) => `${winner} (${pods.size})`).sort();
  const message =
    `${lost.size} of ${selected.size} selected Pods are governed by an older Egress ` +
    `(or one of the same age whose name sorts first): ${listed(winners)}`;
  return { status: 'True', reason: 'OtherEgressHasPrecedence', message };
}
