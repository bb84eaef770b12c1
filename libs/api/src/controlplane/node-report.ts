import type { Static, TRefine, TString } from 'typebox';
import { Type } from 'typebox';
import { AnyIpSchema } from './field-schemas.ts';
import { CONTROLPLANE_GROUP_VERSION, MAX_REPORT_ITEMS } from './protocol.ts';
import { list, object } from './readonly-schema.ts';

/** Something that a Node cannot do; the traffic it concerns is dropped. */
export const NodeFaultSchema = object({
  egress: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'The name of the Egress it concerns; absent: all of them.',
    }),
  ),
  message: Type.String({ minLength: 1, description: 'A sentence.' }),
});

/**
 * An agent's report, sent whenever it changes and after every reconnect: `PUT nodereports/<node>`.
 * The controller keeps the last one of each Node.
 */
export const NodeReportSchema = object({
  apiVersion: Type.Literal(CONTROLPLANE_GROUP_VERSION),
  kind: Type.Literal('NodeReport'),
  metadata: object({ name: Type.String() }),
  addresses: list(AnyIpSchema, {
    maxItems: MAX_REPORT_ITEMS,
    description:
      'Every address that can be a static egress IP: not loopback, not link-local, not on kube-ipvs0 or a device of a Pod.',
  }),
  realizedResourceVersion: realizedVersion(
    'The version of the egressgroups that the dataplane of the Node has realized; "" at first.',
  ),
  realizedNetworkVersion: realizedVersion(
    'The version of the ClusterNetwork that the dataplane has realized; "" at first.',
  ),
  failure: Type.Optional(
    Type.String({ description: 'Why the last pass failed; it concerns every Egress.' }),
  ),
  faults: Type.Optional(
    list(NodeFaultSchema, {
      maxItems: MAX_REPORT_ITEMS,
      description: 'The parts that the Node cannot realize; it has realized the rest.',
    }),
  ),
});

/** The addresses of a Node, and how far its dataplane is. */
export type NodeReport = Static<typeof NodeReportSchema>;

function realizedVersion(description: string): TRefine<TString> {
  return Type.Refine(
    Type.String({ description }),
    (text) => /^[0-9]{0,20}$/.test(text),
    () => 'a decimal number or ""',
  );
}
