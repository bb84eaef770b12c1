import type { EgressGroup } from '@sallyport/api';
import { NodeFaultSchema } from '@sallyport/api/schemas';
import type { Node } from '@sallyport/kube';
import { gatewayOf } from '@sallyport/placement';
import type { Static } from 'typebox';
import { Type } from 'typebox';
import type { Decision } from '../../loop/decider.ts';
import type { NodeReportsView } from '../../observe/node-reports.ts';

/** A Node in `/debug/nodes`. */
export const NodeViewSchema = Type.Object({
  name: Type.String(),
  ips: Type.Array(Type.String()),
  podCIDRs: Type.Array(Type.String()),
  gatewayOf: Type.Array(Type.String(), { description: 'The Egresses whose gateway it is' }),
  groups: Type.Array(Type.Object({ name: Type.String(), members: Type.Integer() }), {
    description: 'The groups that it sees',
  }),
  report: Type.Optional(
    Type.Object(
      {
        addresses: Type.Array(Type.String()),
        realizedResourceVersion: Type.String(),
        realizedNetworkVersion: Type.String(),
        failure: Type.Optional(Type.String()),
        faults: Type.Array(NodeFaultSchema),
        ageSeconds: Type.Number(),
      },
      { description: 'The latest report; absent if none came since the controller started' },
    ),
  ),
});

export type NodeView = Static<typeof NodeViewSchema>;

/**
 * One Node.
 * @param groups the groups that it sees
 * @param nowMs milliseconds since 1970
 */
export function nodeViewFor(
  node: Node,
  { placements }: Decision,
  groups: readonly EgressGroup[],
  reports: NodeReportsView,
  nowMs: number,
): NodeView {
  const report = reports.all.get(node.name);
  const receivedAtMs = reports.receivedAtMs(node.name) ?? nowMs;
  return {
    name: node.name,
    ips: [...node.ips],
    podCIDRs: [...node.podCIDRs],
    gatewayOf: [...placements]
      .filter(([, placement]) => gatewayOf(placement)?.nodeName === node.name)
      .map(([egress]) => egress)
      .sort(),
    groups: groups.map(({ metadata, groupMembers }) => ({
      name: metadata.name,
      members: groupMembers.length,
    })),
    ...(report && {
      report: {
        addresses: [...report.addresses],
        realizedResourceVersion: report.realizedResourceVersion,
        realizedNetworkVersion: report.realizedNetworkVersion,
        ...(report.failure !== undefined && { failure: report.failure }),
        faults: (report.faults ?? []).map((fault) => ({ ...fault })),
        ageSeconds: (nowMs - receivedAtMs) / 1000,
      },
    }),
  };
}
