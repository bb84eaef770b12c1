import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { NotServed, StatusError } from '../model/status-error.ts';
import { documentAt } from './documents.ts';
import type { ResourceHandlerDeps } from './exchange.ts';
import { Exchange } from './exchange.ts';
import { parseResourcePath } from './path.ts';
import { handleResource } from './resource-handler.ts';
import { sendJson } from './send.ts';

/** The needs of the HTTP server, beside those of resources. */
export interface ServerDeps extends ResourceHandlerDeps {
  /** The API groups that no CustomResourceDefinition makes. */
  readonly ownGroups: ReadonlySet<string>;
  /** Called with errors that are the server's own fault; the client gets 500. */
  readonly onError: (error: unknown, request: string) => void;
}

/** An HTTP server that answers as kube-apiserver does. It is not listening yet. */
export function createApiServer(deps: ServerDeps): Server {
  const server = createServer((request, response) => {
    handle(deps, request, response).catch((error: unknown) => {
      answerError(deps, request, response, error);
    });
  });
  // Watches are long; clients decide when they end.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 120_000;
  return server;
}

async function handle(
  deps: ServerDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const path = parseResourcePath(url.pathname);
  if (path !== undefined) {
    await handleResource(new Exchange(deps, url.searchParams, request, response), path);
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new NotServed();
  }
  if (['/healthz', '/livez', '/readyz'].includes(url.pathname)) {
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
    response.end('ok');
    return;
  }
  const body = documentAt(url.pathname, {
    resources: deps.registry.all(),
    accept: request.headers.accept ?? '',
    host: request.headers.host ?? '',
  });
  if (body === undefined) {
    throw new NotServed();
  }
  sendJson(response, 200, body.document, new Set(), body.contentType);
}

function answerError(
  deps: ServerDeps,
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
): void {
  const known = error instanceof StatusError;
  if (!known) {
    deps.onError(error, `${request.method ?? ''} ${request.url ?? ''}`);
  }
  const status = known
    ? error
    : new StatusError(
        500,
        'InternalError',
        `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`,
      );
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (status instanceof NotServed && !isOfOwnGroup(deps, request)) {
    response.writeHead(status.code, { 'content-type': 'text/plain; charset=utf-8' });
    response.end('404 page not found\n');
    return;
  }
  sendJson(response, status.code, status.status);
}

/** A real API server answers an unknown path of its own groups in JSON, any other one as text. */
function isOfOwnGroup({ ownGroups }: ServerDeps, request: IncomingMessage): boolean {
  const [, root, group = ''] = new URL(request.url ?? '/', 'http://localhost').pathname.split('/');
  return root === 'api' || (root === 'apis' && ownGroups.has(group));
}
