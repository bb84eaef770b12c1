import { PodRefSchema } from '@sallyport/api/schemas';
import type { PodRef } from '@sallyport/grouping';
import { explainPod } from '@sallyport/grouping';
import { isSupported } from '@sallyport/placement';
import type { ProgressInput } from '@sallyport/status';
import type { Static } from 'typebox';
import { Type } from 'typebox';
import type { Decision } from '../../loop/decider.ts';
import { effectiveEgressesOf, EffectiveEgressSchema } from './effective-egress.ts';
import { reasonOf, reasonOfOther } from './pod-reasons.ts';

/** The answer of `/debug/pods/{namespace}/{name}`. */
export const PodViewSchema = Type.Object({
  pod: PodRefSchema,
  nodeName: Type.Optional(Type.String()),
  ips: Type.Array(Type.String()),
  outcome: Type.Union(
    [Type.Literal('selected'), Type.Literal('unselected'), Type.Literal('excluded')],
    {
      description:
        'selected: an Egress applies to its IPv4 traffic; excluded: no Egress can apply to the Pod',
    },
  ),
  reason: Type.String({ description: 'The reason, as a sentence' }),
  effectiveEgresses: Type.Array(EffectiveEgressSchema),
  others: Type.Array(Type.Object({ egress: Type.String(), reason: Type.String() }), {
    description: 'The other Egresses, each with the reason why it does not apply',
  }),
});

export type PodView = Static<typeof PodViewSchema>;

/** The way in which a Pod's traffic leaves the cluster; undefined if the Pod does not exist. */
export function podViewFor(
  ref: PodRef,
  decision: Decision,
  progress: ProgressInput,
): PodView | undefined {
  const explained = explainPod(decision.index, ref);
  if (explained === undefined) {
    return undefined;
  }
  const { pod, nodeName, ips, excluded } = explained;
  const effective = effectiveEgressesOf(explained, decision, progress);
  return {
    pod: { ...pod },
    ...(nodeName !== undefined && { nodeName }),
    ips: [...ips],
    outcome: excluded !== undefined ? 'excluded' : effective.length > 0 ? 'selected' : 'unselected',
    reason: reasonOf(explained, effective, decision),
    effectiveEgresses: effective,
    others: explained.egresses
      .filter(({ effectiveFor }) => !effectiveFor.some(isSupported))
      .map((other) => ({ egress: other.name, reason: reasonOfOther(other, excluded) })),
  };
}
