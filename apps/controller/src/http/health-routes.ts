import type { Answer, ProgramViews } from '@sallyport/http';
import { programRoutes } from '@sallyport/http';
import { Type } from 'typebox';
import { failures } from './fastify/api-error.ts';
import type { TypedFastify } from './fastify/typed-fastify.ts';

/** The sources of `/readyz` and `/metrics`. */
export interface HealthViews {
  /** The missing parts, for people; empty when agents can be served. */
  readonly missing: () => readonly string[];
  readonly registry: ProgramViews['registry'];
}

const text = { content: { 'text/plain': { schema: Type.String() } } };

/** `/healthz`, `/readyz` and `/metrics`, with the same answers as in every program. */
export function healthRoutes(app: TypedFastify, { missing, registry }: HealthViews): void {
  const routes = programRoutes({
    notReady: () => (missing().length > 0 ? `waiting for ${missing().join(', ')}` : undefined),
    registry,
  });
  serve(app, '/healthz', 'The process answers', routes['/healthz']);
  serve(app, '/readyz', 'Agents can be served', routes['/readyz']);
  serve(app, '/metrics', 'Metrics in the text format of Prometheus', routes['/metrics']);
}

function serve(
  app: TypedFastify,
  path: string,
  summary: string,
  answer: () => Answer | Promise<Answer>,
): void {
  const schema = { tags: ['health'], summary, response: { 200: text, ...failures, '5xx': text } };
  app.get(path, { schema }, async (_, reply) => {
    const { status, contentType, body } = await answer();
    return reply
      .code(status as 200 | 503)
      .type(contentType)
      .send(body);
  });
}
