import type { Egress } from '@sallyport/api';
import { GatewaySchema, PodRefSchema } from '@sallyport/api/schemas';
import type { PodExplanation, PodRef } from '@sallyport/grouping';
import { explainPod } from '@sallyport/grouping';
import { gatewayOf, isSupported, supportedIpsOf } from '@sallyport/placement';
import type { ProgressInput } from '@sallyport/status';
import { nodeProgressFor } from '@sallyport/status';
import type { Static } from 'typebox';
import { Type } from 'typebox';
import type { Decision } from '../../loop/decide.ts';
import { reasonOf, reasonOfOther } from './pod-reasons.ts';

const EffectiveEgressSchema = Type.Object({
  egress: Type.String(),
  families: Type.Array(Type.String(), {
    description: 'The address families of the traffic to which it applies',
  }),
  egressIPs: Type.Array(Type.String()),
  gateway: Type.Optional(GatewaySchema),
  realized: Type.Boolean({
    description: 'Whether the Node of the Pod and the gateway have applied the latest version',
  }),
});

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
export type EffectiveEgress = Static<typeof EffectiveEgressSchema>;

/** The way in which a Pod's traffic leaves the cluster; undefined if the Pod does not exist. */
export function podViewFor(
  ref: PodRef,
  decision: Decision,
  progress: ProgressInput,
): PodView | undefined {
  const egresses = decision.egresses.map(({ egress }) => egress);
  const { pods, namespaces } = decision;
  const explained = explainPod({ egresses, pods, namespaces }, ref);
  if (explained === undefined) {
    return undefined;
  }
  const { pod, nodeName, ips, excluded } = explained;
  const effective = effectiveEgressesOf(explained, egresses, decision, progress);
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

function effectiveEgressesOf(
  { egresses: explanations, nodeName }: PodExplanation,
  egresses: readonly Egress[],
  { placements }: Decision,
  progress: ProgressInput,
): EffectiveEgress[] {
  return explanations
    .map(({ name, effectiveFor }) => ({ name, families: effectiveFor.filter(isSupported) }))
    .filter(({ families }) => families.length > 0)
    .map(({ name, families }) => {
      const egress = egresses.find((other) => other.name === name);
      const gateway = gatewayOf(placements.get(name));
      return {
        egress: name,
        families,
        egressIPs: egress === undefined ? [] : [...supportedIpsOf(egress)],
        ...(gateway && { gateway }),
        realized:
          gateway !== undefined &&
          nodeName !== undefined &&
          [nodeName, gateway.nodeName].every(
            (node) => nodeProgressFor(node, name, progress).kind === 'realized',
          ),
      };
    });
}
