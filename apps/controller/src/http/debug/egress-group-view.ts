import { GatewaySchema, GroupMemberSchema } from '@sallyport/api/schemas';
import { gatewayOf } from '@sallyport/placement';
import type { ProgressInput } from '@sallyport/status';
import { progressOf } from '@sallyport/status';
import type { Static } from 'typebox';
import { Type } from 'typebox';
import type { Decision } from '../../loop/decider.ts';

/** A group in `/debug/egressgroups`, over all Nodes. */
export const EgressGroupViewSchema = Type.Object({
  name: Type.String(),
  tunnelID: Type.Integer(),
  egressIPs: Type.Array(Type.String()),
  gateway: Type.Optional(GatewaySchema),
  nodes: Type.Array(
    Type.Object({
      nodeName: Type.String(),
      progress: Type.String({
        description: 'realized, behind, failing, silent, not-ready or unknown',
      }),
      failure: Type.Optional(Type.String()),
      groupMembers: Type.Array(GroupMemberSchema),
    }),
    { description: 'The Nodes with the group, and those with a pending removal' },
  ),
});

export type EgressGroupDebugView = Static<typeof EgressGroupViewSchema>;

/** One group, or undefined if no Egress has that name. */
export function egressGroupViewFor(
  name: string,
  decision: Decision,
  progress: ProgressInput,
): EgressGroupDebugView | undefined {
  const { egresses, placements, tunnelIDs, nodesOfGroup, index } = decision;
  const observed = egresses.get(name);
  const tunnelID = tunnelIDs.get(name);
  if (observed === undefined || tunnelID === undefined) {
    return undefined;
  }
  const gateway = gatewayOf(placements.get(name));
  const viewers = nodesOfGroup.get(name);
  return {
    name,
    tunnelID,
    egressIPs: [...observed.egress.egressIPs],
    ...(gateway && { gateway }),
    nodes: progressOf(name, decision, progress).map(({ nodeName, kind, ...rest }) => {
      return {
        nodeName,
        progress: kind,
        ...('failure' in rest && { failure: rest.failure }),
        groupMembers: viewers.includes(nodeName) ? [...index.members(name, nodeName)] : [],
      };
    }),
  };
}
