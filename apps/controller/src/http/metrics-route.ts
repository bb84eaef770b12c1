import type { Registry } from 'prom-client';
import { Type } from 'typebox';
import { failures } from './api-error.ts';
import type { TypedFastify } from './typed-fastify.ts';

/** `/metrics`, for Prometheus. */
export function metricsRoute(app: TypedFastify, registry: Registry): void {
  app.get(
    '/metrics',
    {
      schema: {
        tags: ['metrics'],
        summary: 'Metrics in the text format of Prometheus',
        response: { 200: { content: { 'text/plain': { schema: Type.String() } } }, ...failures },
      },
    },
    async (_, reply) => {
      reply.header('content-type', registry.contentType);
      return reply.send(await registry.metrics());
    },
  );
}
