import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import { Type } from 'typebox';

/** The answer to every request that failed. */
export const StatusSchema = Type.Object(
  {
    kind: Type.Literal('Status'),
    apiVersion: Type.Literal('v1'),
    metadata: Type.Object({}),
    status: Type.Literal('Failure'),
    message: Type.String({ description: 'What is wrong, with which object, and what to do' }),
    reason: Type.String({ description: 'The same for programs' }),
    code: Type.Integer({ description: 'The HTTP status code' }),
  },
  { title: 'Status', description: 'The request failed.' },
);

/** For the `response` of routes. */
export const failures = { '4xx': StatusSchema, '5xx': StatusSchema };

export const GatewaySchema = Type.Object({ nodeName: Type.String(), nodeIP: Type.String() });

export const PodRefSchema = Type.Object({ namespace: Type.String(), name: Type.String() });

export const GroupMemberSchema = Type.Object({ pod: PodRefSchema, ips: Type.Array(Type.String()) });

export const EgressGroupSchema = Type.Object({
  apiVersion: Type.Literal(CONTROLPLANE_GROUP_VERSION),
  kind: Type.Literal('EgressGroup'),
  metadata: Type.Object({
    name: Type.String(),
    uid: Type.Optional(Type.String()),
    resourceVersion: Type.String(),
  }),
  tunnelID: Type.Integer(),
  egressIPs: Type.Array(Type.String()),
  gateway: Type.Optional(GatewaySchema),
  groupMembers: Type.Array(GroupMemberSchema),
});

export const ClusterNetworkSchema = Type.Object({
  apiVersion: Type.Literal(CONTROLPLANE_GROUP_VERSION),
  kind: Type.Literal('ClusterNetwork'),
  metadata: Type.Object({ name: Type.String(), resourceVersion: Type.String() }),
  nodes: Type.Array(Type.Object({ name: Type.String(), ips: Type.Array(Type.String()) })),
  podCIDRs: Type.Array(Type.String()),
  serviceCIDRs: Type.Array(Type.String()),
});

export const NodeFaultSchema = Type.Object({
  egress: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'The name of the Egress it concerns; absent: all of them',
    }),
  ),
  message: Type.String({ minLength: 1 }),
});

export const NodeReportSchema = Type.Object({
  apiVersion: Type.Literal(CONTROLPLANE_GROUP_VERSION),
  kind: Type.Literal('NodeReport'),
  metadata: Type.Object({ name: Type.String() }),
  addresses: Type.Array(Type.String(), {
    description: 'Every address that can be a static egress IP',
  }),
  realizedResourceVersion: Type.String({
    pattern: '^[0-9]*$',
    description:
      'The egressgroups resourceVersion up to which the dataplane agrees with what it was told',
  }),
  realizedNetworkVersion: Type.String({
    pattern: '^[0-9]*$',
    description: 'The resourceVersion of the ClusterNetwork with which it does',
  }),
  failure: Type.Optional(Type.String({ description: 'Why the dataplane does not agree at all' })),
  faults: Type.Optional(
    Type.Array(NodeFaultSchema, { description: 'What the Node was told and cannot do' }),
  ),
});

/** The parameters of a list or watch, as Kubernetes has them. */
export const WatchQuerySchema = Type.Object({
  watch: Type.Optional(Type.String({ description: '1 or true: watch instead of list' })),
  fieldSelector: Type.Optional(
    Type.String({ description: 'nodeName=<name>, where the resource is partitioned by Node' }),
  ),
  resourceVersion: Type.Optional(
    Type.String({ description: 'Watch: tell what changed after this version' }),
  ),
  resourceVersionMatch: Type.Optional(
    Type.String({ description: 'NotOlderThan, with sendInitialEvents' }),
  ),
  allowWatchBookmarks: Type.Optional(Type.String()),
  sendInitialEvents: Type.Optional(
    Type.String({ description: 'Watch: tell the whole state first, then a bookmark' }),
  ),
  timeoutSeconds: Type.Optional(Type.String({ description: 'Watch: end after this time' })),
});
