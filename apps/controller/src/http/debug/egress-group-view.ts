import { GatewaySchema, GroupMemberSchema } from '@sallyport/api/schemas';
import type { Static } from 'typebox';
import { Type } from 'typebox';
import type { Decision } from '../../decide/decide.ts';
import { gatewayOf } from '../../holders/holders-for.ts';
import type { ProgressInput } from '../../status/node-progress.ts';
import { progressOf } from '../../status/node-progress.ts';

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
        description: 'Realized, Behind, Failing, Silent, NotReady or Unknown',
      }),
      failure: Type.Optional(Type.String()),
      groupMembers: Type.Array(GroupMemberSchema),
    }),
    { description: 'The Nodes that have the group, or have yet to forget it' },
  ),
});

export type EgressGroupDebugView = Static<typeof EgressGroupViewSchema>;

/** One group, or undefined when there is no Egress of that name. */
export function egressGroupViewFor(
  name: string,
  decision: Decision,
  progress: ProgressInput,
): EgressGroupDebugView | undefined {
  const { observation, holders, tunnelIDs, groups } = decision;
  const observed = observation.egresses.find((egress) => egress.name === name);
  const tunnelID = tunnelIDs.get(name);
  if (observed === undefined || tunnelID === undefined) {
    return undefined;
  }
  const gateway = gatewayOf(holders.get(name));
  return {
    name,
    tunnelID,
    egressIPs: [...observed.egress.egressIPs],
    ...(gateway && { gateway }),
    nodes: progressOf(name, decision, progress).map(({ nodeName, state, ...rest }) => {
      const group = groups.get(nodeName)?.find(({ metadata }) => metadata.name === name);
      return {
        nodeName,
        progress: state,
        ...('failure' in rest && { failure: rest.failure }),
        groupMembers: [...(group?.groupMembers ?? [])],
      };
    }),
  };
}
