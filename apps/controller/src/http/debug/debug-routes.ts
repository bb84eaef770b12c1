import { Type } from 'typebox';
import type { ControllerState } from '../../controller-state.ts';
import { progressInputOf } from '../../controller-state.ts';
import type { Decision } from '../../decide/decide.ts';
import { ApiError, failures } from '../api-error.ts';
import type { TypedFastify } from '../typed-fastify.ts';
import { egressGroupViewFor, EgressGroupViewSchema } from './egress-group-view.ts';
import { EgressViewSchema, egressViewsFor } from './egress-view.ts';
import { nodeViewFor, NodeViewSchema } from './node-view.ts';
import { podViewFor, PodViewSchema } from './pod-view.ts';

const NameSchema = Type.Object({ name: Type.String() });

/**
 * `/debug/…`: what the controller knows and why it decided so.
 * @param nowMs milliseconds since 1970
 */
export function debugRoutes(app: TypedFastify, state: ControllerState, nowMs: () => number): void {
  const tags = ['debug'];
  const decision = (): Decision => {
    if (state.decision !== undefined) {
      return state.decision;
    }
    throw new ApiError(
      'ServiceUnavailable',
      'the controller has not seen the whole cluster yet, see /readyz',
    );
  };

  app.get(
    '/debug/egresses',
    {
      schema: {
        tags,
        summary: 'All Egresses',
        response: { 200: Type.Array(EgressViewSchema), ...failures },
      },
    },
    () => egressViewsFor(decision()),
  );

  app.get(
    '/debug/egressgroups',
    {
      schema: {
        tags,
        summary: 'All groups',
        response: { 200: Type.Array(EgressGroupViewSchema), ...failures },
      },
    },
    () => {
      const current = decision();
      return [...current.resolved.keys()].sort().flatMap((name) => {
        const view = egressGroupViewFor(name, current, progressInputOf(state));
        return view === undefined ? [] : [view];
      });
    },
  );

  app.get(
    '/debug/egressgroups/:name',
    {
      schema: {
        tags,
        summary: 'One group',
        params: NameSchema,
        response: { 200: EgressGroupViewSchema, ...failures },
      },
    },
    ({ params: { name } }) =>
      found(egressGroupViewFor(name, decision(), progressInputOf(state)), `Egress ${name}`),
  );

  app.get(
    '/debug/nodes',
    {
      schema: {
        tags,
        summary: 'All Nodes',
        response: { 200: Type.Array(NodeViewSchema), ...failures },
      },
    },
    () => {
      const current = decision();
      return [...current.observation.nodes.values()]
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map((node) => nodeViewFor(node, current, state.reports, nowMs()));
    },
  );

  app.get(
    '/debug/nodes/:name',
    {
      schema: {
        tags,
        summary: 'One Node',
        params: NameSchema,
        response: { 200: NodeViewSchema, ...failures },
      },
    },
    ({ params: { name } }) => {
      const current = decision();
      return nodeViewFor(
        found(current.observation.nodes.get(name), `Node ${name}`),
        current,
        state.reports,
        nowMs(),
      );
    },
  );

  app.get(
    '/debug/pods/:namespace/:name',
    {
      schema: {
        tags,
        summary: 'Which Egress a Pod leaves by, and why',
        params: Type.Object({ namespace: Type.String(), name: Type.String() }),
        response: { 200: PodViewSchema, ...failures },
      },
    },
    ({ params: { namespace, name } }) =>
      found(
        podViewFor({ namespace, name }, decision(), progressInputOf(state)),
        `Pod ${namespace}/${name}`,
      ),
  );
}

function found<T>(view: T | undefined, what: string): T {
  if (view === undefined) {
    throw new ApiError('NotFound', `${what} does not exist`);
  }
  return view;
}
