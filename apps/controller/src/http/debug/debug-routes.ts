import type { EgressGroup } from '@sallyport/api';
import type { ProgressInput } from '@sallyport/status';
import type { TSchema } from 'typebox';
import { Type } from 'typebox';
import type { Decision } from '../../loop/decider.ts';
import type { NodeReportsView } from '../../observe/node-reports.ts';
import { ApiError, failures, noDecisionYet } from '../fastify/api-error.ts';
import type { TypedFastify } from '../fastify/typed-fastify.ts';
import { egressGroupViewFor, EgressGroupViewSchema } from './egress-group-view.ts';
import { EgressViewSchema, egressViewsFor } from './egress-view.ts';
import { nodeViewFor, NodeViewSchema } from './node-view.ts';
import { podViewFor, PodViewSchema } from './pod-view.ts';

/** The views of the controller's loop that the debug endpoints show. */
export interface DebugViews {
  /** Undefined before the first decision. */
  readonly decision: Decision | undefined;
  progress(): ProgressInput;
  /** The groups that a Node sees. */
  groupsOn(nodeName: string): readonly EgressGroup[];
  readonly reports: NodeReportsView;
}

const NameSchema = Type.Object({ name: Type.String() });
const PodParamsSchema = Type.Object({ namespace: Type.String(), name: Type.String() });

/**
 * `/debug/…`: the latest decision of the controller, and its reasons.
 * @param nowMs milliseconds since 1970
 */
export function debugRoutes(app: TypedFastify, views: DebugViews, nowMs: () => number): void {
  egressRoutes(app, views);
  groupRoutes(app, views);
  nodeRoutes(app, views, nowMs);
}

function egressRoutes(app: TypedFastify, views: DebugViews): void {
  app.get(
    '/debug/egresses',
    { schema: schemaFor('All Egresses', Type.Array(EgressViewSchema)) },
    () => egressViewsFor(decisionOf(views)),
  );
  app.get(
    '/debug/pods/:namespace/:name',
    {
      schema: {
        ...schemaFor('The Egress that applies to a Pod, with the reason', PodViewSchema),
        params: PodParamsSchema,
      },
    },
    ({ params: { namespace, name } }) => {
      const view = podViewFor({ namespace, name }, decisionOf(views), views.progress());
      return found(view, `Pod ${namespace}/${name}`);
    },
  );
}

function groupRoutes(app: TypedFastify, views: DebugViews): void {
  app.get(
    '/debug/egressgroups',
    { schema: schemaFor('All groups', Type.Array(EgressGroupViewSchema)) },
    () => {
      const decision = decisionOf(views);
      return [...decision.egresses.keys()].sort().flatMap((name) => {
        const view = egressGroupViewFor(name, decision, views.progress());
        return view === undefined ? [] : [view];
      });
    },
  );
  app.get(
    '/debug/egressgroups/:name',
    { schema: { ...schemaFor('One group', EgressGroupViewSchema), params: NameSchema } },
    ({ params: { name } }) =>
      found(egressGroupViewFor(name, decisionOf(views), views.progress()), `Egress ${name}`),
  );
}

function nodeRoutes(app: TypedFastify, views: DebugViews, nowMs: () => number): void {
  app.get('/debug/nodes', { schema: schemaFor('All Nodes', Type.Array(NodeViewSchema)) }, () => {
    const decision = decisionOf(views);
    return [...decision.nodes.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((node) =>
        nodeViewFor(node, decision, views.groupsOn(node.name), views.reports, nowMs()),
      );
  });
  app.get(
    '/debug/nodes/:name',
    { schema: { ...schemaFor('One Node', NodeViewSchema), params: NameSchema } },
    ({ params: { name } }) => {
      const decision = decisionOf(views);
      const node = found(decision.nodes.get(name), `Node ${name}`);
      return nodeViewFor(node, decision, views.groupsOn(node.name), views.reports, nowMs());
    },
  );
}

/** The type is inferred, since Fastify derives the types of the handler from it. */
function schemaFor<T extends TSchema>(summary: string, answer: T) {
  return { tags: ['debug'], summary, response: { 200: answer, ...failures } };
}

function decisionOf({ decision }: DebugViews): Decision {
  if (decision === undefined) {
    throw noDecisionYet();
  }
  return decision;
}

function found<T>(view: T | undefined, object: string): T {
  if (view === undefined) {
    throw new ApiError('NotFound', `${object} does not exist`);
  }
  return view;
}
