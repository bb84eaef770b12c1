import swagger from '@fastify/swagger';
import type { NodeReport, Status } from '@sallyport/api';
import { MAX_REPORT_BYTES } from '@sallyport/api';
import type { Clock } from '@sallyport/reconcile';
import { statusFor } from '@sallyport/watch';
import type { FastifyError } from 'fastify';
import { fastify } from 'fastify';
import type { Registry } from 'prom-client';
import { Type } from 'typebox';
import type { Stores } from '../publish/stores.ts';
import type { DebugViews } from './debug/debug-routes.ts';
import { debugRoutes } from './debug/debug-routes.ts';
import { ApiError, failures } from './fastify/api-error.ts';
import { compileValidator } from './fastify/compile-validator.ts';
import type { TypedFastify } from './fastify/typed-fastify.ts';
import { healthRoutes } from './health-routes.ts';
import { nodeReportRoute } from './node-report-route.ts';
import { watchRoutes } from './watch-routes.ts';

/** The server only reads the controller's state, and passes reports on. */
export interface ServerOptions {
  /** The views of the controller's loop, and its inlet for reports. */
  readonly loop: DebugViews & {
    missing(): readonly string[];
    accept(report: NodeReport): void;
  };
  readonly stores: Stores;
  readonly registry: Registry;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly bookmarkIntervalMs: number;
  /** The time that a client has to send a whole request, in milliseconds; default 10 s. */
  readonly requestTimeoutMs?: number;
  /** Called when a request fails through no fault of the client. */
  readonly onError: (error: unknown) => void;
}

/** Serves agents, and operators who debug. */
export interface Server {
  /** Returns the base URL. */
  listen(host: string, port: number): Promise<string>;
  /** Makes the agent of a Node connect and report again. */
  readonly endWatchesOf: (nodeName: string) => void;
  /** Ends all watches, then the server. */
  close(): Promise<void>;
  readonly app: TypedFastify;
}

/** The time that pending requests have when the server closes. */
const CLOSE_GRACE_MS = 500;

/** Agents send a report in milliseconds; a client that takes longer holds a socket for nothing. */
const REQUEST_TIMEOUT_MS = 10_000;

/** Node.js looks for late requests this many times in the limit. */
const CHECKS_PER_TIMEOUT = 4;

/** Agents send less than 1 KiB of headers. */
const MAX_HEADER_BYTES = 8192;

/** Of an object's name (RFC 1123 subdomain); Fastify answers 414 above 100 by default. */
const MAX_NAME_LENGTH = 253;

const httpReasons: Readonly<Record<number, Status['reason']>> = {
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
};

/**
 * The HTTP server: the watch API and the reports of the agents, health, metrics, debug endpoints.
 */
export async function createServer(options: ServerOptions): Promise<Server> {
  const { loop, stores, clock, bookmarkIntervalMs } = options;
  const app = await createApp(options);
  healthRoutes(app, { missing: () => loop.missing(), registry: options.registry });
  const watches = watchRoutes(app, {
    stores,
    isPublished: () => loop.decision !== undefined,
    clock,
    bookmarkIntervalMs,
  });
  nodeReportRoute(app, {
    nodes: () => loop.decision?.nodes,
    accept: (report) => {
      loop.accept(report);
    },
  });
  debugRoutes(app, loop, options.nowMs);
  openApiRoute(app);
  await app.ready();
  return {
    app,
    endWatchesOf: watches.endOf,
    listen: (host, port) => app.listen({ host, port }),
    async close() {
      watches.endAll();
      // A connection without any request counts as active, and would delay the end for minutes.
      const cancel = clock.after(CLOSE_GRACE_MS, () => {
        app.server.closeAllConnections();
      });
      await app.close();
      cancel();
    },
  };
}

/** An app without routes, whose every failure is answered with a Status object. */
async function createApp({
  onError,
  requestTimeoutMs = REQUEST_TIMEOUT_MS,
}: ServerOptions): Promise<TypedFastify> {
  const app: TypedFastify = fastify({
    forceCloseConnections: 'idle',
    bodyLimit: MAX_REPORT_BYTES,
    routerOptions: { maxParamLength: MAX_NAME_LENGTH },
    // Fastify's default is no limit.
    requestTimeout: requestTimeoutMs,
    http: {
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.ceil(requestTimeoutMs / CHECKS_PER_TIMEOUT),
      maxHeaderSize: MAX_HEADER_BYTES,
    },
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sallyport controller',
        version: 'v1beta2',
        description: 'The API for agents and operators.',
      },
    },
  });
  app.setValidatorCompiler(compileValidator);
  app.setErrorHandler<FastifyError | ApiError>((error, _, reply) => {
    const status = failureFor(error);
    if (status.reason === 'InternalError') {
      onError(error);
    }
    return reply.code(status.code).type('application/json').serializer(JSON.stringify).send(status);
  });
  app.setNotFoundHandler((request, reply) => {
    const message = `${request.method} ${request.url}: no such path, see /openapi.json`;
    const status = statusFor('NotFound', message);
    return reply.code(status.code).send(status);
  });
  return app;
}

function failureFor(error: FastifyError | ApiError): Status {
  if (error instanceof ApiError) {
    return statusFor(error.reason, error.message);
  }
  const { statusCode = 500 } = error;
  if (statusCode >= 500) {
    return statusFor('InternalError', 'internal error of the controller, see its log');
  }
  return statusFor(httpReasons[statusCode] ?? 'BadRequest', error.message);
}

function openApiRoute(app: TypedFastify): void {
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
}
