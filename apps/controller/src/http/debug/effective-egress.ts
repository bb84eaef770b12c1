import { GatewaySchema } from '@sallyport/api/schemas';
import type { PodExplanation } from '@sallyport/grouping';
import { gatewayOf, isSupported, supportedIpsOf } from '@sallyport/placement';
import type { ProgressInput } from '@sallyport/status';
import { nodeProgressFor } from '@sallyport/status';
import type { Static } from 'typebox';
import { Type } from 'typebox';
import type { Decision } from '../../loop/decider.ts';

/** An Egress that applies to a Pod, in `/debug/pods/{namespace}/{name}`. */
export const EffectiveEgressSchema = Type.Object({
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

export type EffectiveEgress = Static<typeof EffectiveEgressSchema>;

/** The Egresses that apply to the IPv4 traffic of a Pod. */
export function effectiveEgressesOf(
  { egresses: explanations, nodeName }: PodExplanation,
  { egresses, placements }: Pick<Decision, 'egresses' | 'placements'>,
  progress: ProgressInput,
): EffectiveEgress[] {
  return explanations
    .map(({ name, effectiveFor }) => ({ name, families: effectiveFor.filter(isSupported) }))
    .filter(({ families }) => families.length > 0)
    .map(({ name, families }) => {
      const egress = egresses.get(name)?.egress;
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
