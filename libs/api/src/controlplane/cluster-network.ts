import type { Static } from 'typebox';
import { Type } from 'typebox';
import { MetadataSchema } from './field-schemas.ts';
import { objectParserFor } from './parser.ts';
import { CONTROLPLANE_GROUP_VERSION } from './protocol.ts';
import { list, object } from './readonly-schema.ts';

/** The cluster-internal networks: one object, named `default`. `GET clusternetworks[?watch=1]`. */
export const ClusterNetworkSchema = object({
  apiVersion: Type.Literal(CONTROLPLANE_GROUP_VERSION),
  kind: Type.Literal('ClusterNetwork'),
  metadata: MetadataSchema,
  nodes: list(object({ name: Type.String(), ips: list(Type.String()) }), {
    description: 'The Nodes by name with their InternalIPs, sorted.',
  }),
  podCIDRs: list(Type.String(), { description: 'CIDRs, sorted.' }),
  serviceCIDRs: list(Type.String(), { description: 'CIDRs, sorted.' }),
});

/**
 * The destinations that are cluster-internal, so that no egress IP applies to them. The planner
 * checks each address and CIDR: one bad entry must not cost the Node all the others.
 */
export type ClusterNetwork = Static<typeof ClusterNetworkSchema>;

/** Throws unless it is given a ClusterNetwork. */
export const parseClusterNetwork: (raw: unknown) => ClusterNetwork =
  objectParserFor(ClusterNetworkSchema);
