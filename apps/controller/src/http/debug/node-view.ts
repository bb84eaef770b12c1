import { NodeFaultSchema } from '@sallyport/api/schemas';
import type { Node } from '@sallyport/kube';
import type { Static } from 'typebox';
import { Type } from 'typebox';
import type { Decision } from '../../decide/decide.ts';
import type { NodeReports } from '../../holders/node-reports.ts';

/** A Node in `/debug/nodes`. */
export const NodeViewSchema = Type.Object({
  name: Type.String(),
  ips: Type.Array(Type.String()),
  podCIDRs: Type.Array(Type.String()),
  gatewayOf: Type.Array(Type.String(), { description: 'Egresses whose IP it holds' }),
  groups: Type.Array(Type.Object({ name: Type.String(), members: Type.Integer() }), {
    description: 'The groups it is told of',
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
      { description: 'The last one of its agent; absent: none since the controller started' },
    ),
  ),
});

export type NodeView = Static<typeof NodeViewSchema>;

/** One Node. @param nowMs milliseconds since 1970 */
export function nodeViewFor(
  node: Node,
  decision: Decision,
  reports: NodeReports,
  nowMs: number,
): NodeView {
  const report = reports.all.get(node.name);
  const receivedAtMs = reports.receivedAtMs(node.name) ?? nowMs;
  return {
    name: node.name,
    ips: [...node.ips],
    podCIDRs: [...node.podCIDRs],
    gatewayOf: [...decision.holders]
      .filter(([, holder]) => holder.kind === 'One' && holder.nodeName === node.name)
      .map(([egress]) => egress)
      .sort(),
    groups: (decision.groups.get(node.name) ?? []).map(({ metadata, groupMembers }) => ({
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
