import { Type } from 'typebox';
import { ApiError, failures } from './api-error.ts';
import type { TypedFastify } from './typed-fastify.ts';

const OkSchema = Type.Object({ status: Type.Literal('ok') });

/**
 * `/healthz`: the process answers. `/readyz`: agents can be served.
 * @param missing what is not there yet, for people
 */
export function healthRoutes(app: TypedFastify, missing: () => readonly string[]): void {
  app.get(
    '/healthz',
    {
      schema: {
        tags: ['health'],
        summary: 'The process answers',
        response: { 200: OkSchema, ...failures },
      },
    },
    () => ({ status: 'ok' as const }),
  );
  app.get(
    '/readyz',
    {
      schema: {
        tags: ['health'],
        summary: 'Agents can be served',
        response: { 200: OkSchema, ...failures },
      },
    },
    () => {
      const waitingFor = missing();
      if (waitingFor.length > 0) {
        throw new ApiError('ServiceUnavailable', `waiting for: ${waitingFor.join(', ')}`);
      }
      return { status: 'ok' as const };
    },
  );
}
