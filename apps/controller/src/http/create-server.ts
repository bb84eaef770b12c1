import swagger from '@fastify/swagger';
import type { Status } from '@sallyport/api';
import type { Clock } from '@sallyport/reconcile';
import { statusFor } from '@sallyport/watch';
import type { FastifyError } from 'fastify';
import { fastify } from 'fastify';
import type { Registry } from 'prom-client';
import { Type } from 'typebox';
import type { ControllerState } from '../controller-state.ts';
import { ApiError, failures } from './api-error.ts';
import { compileValidator } from './compile-validator.ts';
import { debugRoutes } from './debug/debug-routes.ts';
import { healthRoutes } from './health-routes.ts';
import type { NodeReportPort } from './node-report-route.ts';
import { nodeReportRoute } from './node-report-route.ts';
import type { TypedFastify } from './typed-fastify.ts';
import { watchRoutes } from './watch-routes.ts';

export interface ServerOptions {
  readonly state: ControllerState;
  readonly reports: NodeReportPort;
  readonly registry: Registry;
  /** What is missing until agents can be served. */
  readonly missing: () => readonly string[];
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly bookmarkIntervalMs: number;
  /** A request failed through no fault of the client. */
  readonly onError: (error: unknown) => void;
}

export interface Server {
  /** Returns the base URL. */
  listen(host: string, port: number): Promise<string>;
  /** Makes the agent of a Node connect, and report, again. */
  endWatchesOf(nodeName: string): void;
  /** Ends all watches, then the server. */
  close(): Promise<void>;
  readonly app: TypedFastify;
}

/** How long requests under way may take when the server closes. */
const CLOSE_GRACE_MS = 500;

const httpReasons: Readonly<Record<number, Status['reason']>> = {
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
};

/**
 * The HTTP server: the watch API and the reports of the agents, health, metrics, debug endpoints.
 */
export async function createServer(options: ServerOptions): Promise<Server> {
  const app: TypedFastify = fastify({
    forceCloseConnections: 'idle',
    bodyLimit: 4 * 1024 * 1024,
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sallyport controller',
        version: 'v1beta2',
        description: 'What agents and operators ask.',
      },
    },
  });
  app.setValidatorCompiler(compileValidator);
  app.setErrorHandler<FastifyError | ApiError>((error, _, reply) => {
    const status = failureFor(error);
    if (status.reason === 'InternalError') {
      options.onError(error);
    }
    return reply.code(status.code).type('application/json').serializer(JSON.stringify).send(status);
  });
  app.setNotFoundHandler((request, reply) => {
    const status = statusFor(
      'NotFound',
      `${request.method} ${request.url}: no such path, see /openapi.json`,
    );
    return reply.code(status.code).send(status);
  });

  healthRoutes(app, options);
  const watches = watchRoutes(app, options);
  nodeReportRoute(app, options.reports);
  debugRoutes(app, options.state, options.nowMs);
  app.get(
    '/openapi.json',
    {
      schema: {
        tags: ['openapi'],
        summary: 'This document',
        response: { 200: Type.Object({}, { additionalProperties: true }), ...failures },
      },
    },
    () => ({ ...app.swagger() }),
  );
  await app.ready();

  return {
    app,
    endWatchesOf: watches.endOf,
    listen: (host, port) => app.listen({ host, port }),
    async close() {
      watches.endAll();
      // A connection on which nothing was ever asked counts as active: it would keep us for
      // minutes.
      const cancel = options.clock.after(CLOSE_GRACE_MS, () => {
        app.server.closeAllConnections();
      });
      await app.close();
      cancel();
    },
  };
}

function failureFor(error: FastifyError | ApiError): Status {
  if (error instanceof ApiError) {
    return statusFor(error.reason, error.message);
  }
  const { statusCode = 500 } = error;
  if (statusCode >= 500) {
    return statusFor('InternalError', 'an error of the controller: its log says more');
  }
  return statusFor(httpReasons[statusCode] ?? 'BadRequest', error.message);
}
