import { renderFault } from '@sallyport/api';
import type { Placement } from '@sallyport/placement';
import type { Static } from 'typebox';
import { Type } from 'typebox';
import type { Decision } from '../../loop/decider.ts';

/** An Egress in `/debug/egresses`. */
export const EgressViewSchema = Type.Object({
  name: Type.String(),
  egressIPs: Type.Array(Type.String()),
  externalIPPools: Type.Array(Type.String()),
  createdAt: Type.String(),
  unavailable: Type.String(),
  tunnelID: Type.Integer(),
  placement: Type.Object({
    kind: Type.String({ description: 'one, none, several, unreachable, unknown or no-ip' }),
    nodeNames: Type.Array(Type.String(), { description: 'The Nodes that have the egress IP' }),
  }),
  pods: Type.Object({
    effective: Type.Integer({ description: 'Selected Pods for which it is the effective Egress' }),
    overridden: Type.Integer({ description: 'Selected Pods with another effective Egress' }),
  }),
  faults: Type.Array(Type.String()),
  conditions: Type.Array(
    Type.Object({
      type: Type.String(),
      status: Type.String(),
      reason: Type.String(),
      message: Type.String(),
    }),
  ),
});

export type EgressView = Static<typeof EgressViewSchema>;

/** All Egresses, in the order of their names. */
export function egressViewsFor(decision: Decision): EgressView[] {
  return [...decision.egresses.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, egress, status }) => {
      const placement = decision.placements.get(name) ?? { kind: 'no-ip' as const };
      const { effective = 0, overridden = 0 } = decision.index.tally(name) ?? {};
      return {
        name,
        egressIPs: [...egress.egressIPs],
        externalIPPools: [...egress.externalIPPools],
        createdAt: new Date(egress.createdAtMs).toISOString(),
        unavailable: egress.unavailable,
        tunnelID: decision.tunnelIDs.get(name) ?? 0,
        placement: { kind: placement.kind, nodeNames: nodeNamesOf(placement) },
        pods: { effective, overridden },
        faults: (decision.faults.get(name) ?? []).map(renderFault),
        conditions: (status.conditions ?? []).map(({ type, status, reason, message }) => ({
          type,
          status,
          reason,
          message,
        })),
      };
    });
}

function nodeNamesOf(placement: Placement): string[] {
  if ('nodeNames' in placement) {
    return [...placement.nodeNames];
  }
  return 'nodeName' in placement ? [placement.nodeName] : [];
}
