import { renderFault } from '@sallyport/api';
import { podKey } from '@sallyport/grouping';
import type { Static } from 'typebox';
import { Type } from 'typebox';
import type { Decision } from '../../decide/decide.ts';

/** An Egress in `/debug/egresses`. */
export const EgressViewSchema = Type.Object({
  name: Type.String(),
  egressIPs: Type.Array(Type.String()),
  externalIPPools: Type.Array(Type.String()),
  createdAt: Type.String(),
  unavailable: Type.String(),
  tunnelID: Type.Integer(),
  holder: Type.Object({
    kind: Type.String({ description: 'One, Nobody, Several, Unreachable, Unknown or NoIP' }),
    nodeNames: Type.Array(Type.String(), { description: 'The Nodes that hold the egress IP' }),
  }),
  pods: Type.Object({
    governed: Type.Integer({ description: 'Pods it selects and no other Egress governs' }),
    lost: Type.Integer({ description: 'Pods it selects and another Egress governs' }),
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
export function egressViewsFor({
  observation,
  resolved,
  holders,
  tunnelIDs,
}: Decision): EgressView[] {
  return [...observation.egresses]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, egress, status }) => {
      const holder = holders.get(name) ?? { kind: 'NoIP' as const };
      const { members = [], losses = [] } = resolved.get(name) ?? {};
      return {
        name,
        egressIPs: [...egress.egressIPs],
        externalIPPools: [...egress.externalIPPools],
        createdAt: new Date(egress.createdAtMs).toISOString(),
        unavailable: egress.unavailable,
        tunnelID: tunnelIDs.get(name) ?? 0,
        holder: {
          kind: holder.kind,
          nodeNames:
            'nodeNames' in holder
              ? [...holder.nodeNames]
              : 'nodeName' in holder
                ? [holder.nodeName]
                : [],
        },
        pods: {
          governed: members.length,
          lost: new Set(losses.map(({ pod }) => podKey(pod))).size,
        },
        faults: (observation.faults.get(name) ?? []).map(renderFault),
        conditions: (status.conditions ?? []).map(({ type, status, reason, message }) => ({
          type,
          status,
          reason,
          message,
        })),
      };
    });
}
