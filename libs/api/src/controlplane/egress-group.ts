import type { Static } from 'typebox';
import { Type } from 'typebox';
import { IpSchema, MetadataSchema } from './field-schemas.ts';
import { objectParserFor } from './parser.ts';
import { CONTROLPLANE_GROUP_VERSION, MAX_TUNNEL_ID } from './protocol.ts';
import { list, object } from './readonly-schema.ts';

/** The name of a Pod. */
export const PodRefSchema = object({ namespace: Type.String(), name: Type.String() });

/** One Pod of an EgressGroup, on the Node that watches. */
export const GroupMemberSchema = object({
  pod: PodRefSchema,
  ips: list(IpSchema, { description: 'Empty until the Pod has an address.' }),
});
export type GroupMember = Static<typeof GroupMemberSchema>;

/** The Node that has the egress IP assigned. */
export const GatewaySchema = object({ nodeName: Type.String(), nodeIP: IpSchema });
export type Gateway = Static<typeof GatewaySchema>;

/**
 * One Egress as one Node sees it: `GET egressgroups[?watch=1]&fieldSelector=nodeName=<node>`.
 * A Node sees the groups that have a member on it and the groups whose gateway it is.
 */
export const EgressGroupSchema = object({
  apiVersion: Type.Literal(CONTROLPLANE_GROUP_VERSION),
  kind: Type.Literal('EgressGroup'),
  metadata: object({
    ...MetadataSchema.properties,
    uid: Type.Optional(
      Type.String({
        description:
          'The uid of the Egress. Agents do not read it: it makes a re-created Egress of the same name a change.',
      }),
    ),
  }),
  tunnelID: Type.Integer({
    minimum: 1,
    maximum: MAX_TUNNEL_ID,
    description:
      'Identifies the Egress in the tunnel header: the same on every Node and after every restart.',
  }),
  egressIPs: list(IpSchema, {
    description:
      'The effective egress IPs, one for each address family at most; empty when the Egress has none.',
  }),
  gateway: Type.Optional(GatewaySchema),
  groupMembers: list(GroupMemberSchema, {
    description: 'The members on the watching Node, sorted by namespace and name.',
  }),
});

/**
 * One Egress as one Node sees it. `gateway` is absent when no Node, or more than one, has the
 * egress IP: the external traffic of the members is then dropped.
 */
export type EgressGroup = Static<typeof EgressGroupSchema>;

/**
 * Throws unless it is given an EgressGroup. Agents hand addresses and tunnel ids to tools of the
 * kernel as root, and the sender is not authenticated. An agent that gets a bad group keeps the
 * groups that it has: it cannot leave out one whose Pods it does not know.
 */
export const parseEgressGroup: (raw: unknown) => EgressGroup = objectParserFor(EgressGroupSchema);
