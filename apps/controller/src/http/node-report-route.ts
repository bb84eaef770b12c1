import type { NodeReport } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION, parseIp } from '@sallyport/api';
import { NodeReportSchema } from '@sallyport/api/schemas';
import { Type } from 'typebox';
import { ApiError, failures, noDecisionYet } from './fastify/api-error.ts';
import type { TypedFastify } from './fastify/typed-fastify.ts';

/** `accept` gets only reports of Nodes that exist. */
export interface NodeReportPort {
  /** The Nodes of the cluster by name; undefined before the first decision. */
  readonly nodes: () => ReadonlyMap<string, unknown> | undefined;
  readonly accept: (report: NodeReport) => void;
}

/** `PUT nodereports/<node>`: the addresses and the progress of a Node, from its agent. */
export function nodeReportRoute(app: TypedFastify, { nodes, accept }: NodeReportPort): void {
  app.put(
    `/apis/${CONTROLPLANE_GROUP_VERSION}/nodereports/:name`,
    {
      schema: {
        tags: ['controlplane'],
        summary: 'Report the addresses and the progress of a Node',
        params: Type.Object({ name: Type.String() }),
        body: NodeReportSchema,
        response: { 200: NodeReportSchema, ...failures },
      },
    },
    ({ params: { name }, body }) => {
      if (body.metadata.name !== name) {
        const message = `NodeReport: metadata.name is ${JSON.stringify(body.metadata.name)}, the path says ${name}: make them equal`;
        throw new ApiError('BadRequest', message);
      }
      const known = nodes();
      if (known === undefined) {
        throw noDecisionYet();
      }
      if (!known.has(name)) {
        throw new ApiError(
          'NotFound',
          `Node ${name} does not exist: set --node-name of the agent to the name of its Node`,
        );
      }
      const report = { ...body, addresses: body.addresses.map(canonical) };
      accept(report);
      return report;
    },
  );
}

/** The notation in which addresses are compared. */
function canonical(address: string): string {
  return parseIp(address) ?? address;
}
