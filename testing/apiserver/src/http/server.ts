import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import {
  aggregatedDiscovery,
  apiGroup,
  apiGroupList,
  apiResourceList,
  coreVersions,
} from '../discovery/discovery.ts';
import { openApiDocument, openApiIndex, openApiV2 } from '../discovery/openapi.ts';
import type { JsonObject } from '../model/json.ts';
import { noSuchResource, StatusError } from '../model/status-error.ts';
import { parseResourcePath } from './path.ts';
import type { ResourceHandlerDeps } from './resource-handler.ts';
import { handleResource } from './resource-handler.ts';
import { sendJson } from './send.ts';

/** The needs of the HTTP server, beside those of resources. */
export interface ServerDeps extends ResourceHandlerDeps {
  /** Called with errors that are the server's own fault; the client gets 500. */
  readonly onError: (error: unknown, request: string) => void;
}

/** The version of Kubernetes whose API this server speaks. */
export const VERSION = {
  major: '1',
  minor: '35',
  gitVersion: 'v1.35.0-standin',
  platform: 'node',
} as const;

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

interface Document {
  readonly document: JsonObject;
  readonly contentType?: string;
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
    await handleResource(deps, path, url.searchParams, request, response);
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw noSuchResource();
  }
  if (['/healthz', '/livez', '/readyz'].includes(url.pathname)) {
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
    response.end('ok');
    return;
  }
  const accept = request.headers.accept ?? '';
  const body = documentAt(deps, url.pathname, accept, request.headers.host ?? '');
  if (body === undefined) {
    throw noSuchResource();
  }
  sendJson(response, 200, body.document, new Set(), body.contentType);
}

/** Everything that is no resource: discovery, schemas, the version. */
function documentAt(
  deps: ServerDeps,
  pathname: string,
  accept: string,
  host: string,
): Document | undefined {
  const resources = deps.registry.all();
  const parts = pathname.split('/').filter((part) => part !== '');
  const aggregated = accept.replaceAll(' ', '').includes(AGGREGATED);
  const optional = (document: JsonObject | undefined): Document | undefined =>
    document === undefined ? undefined : { document };
  switch (parts[0]) {
    case undefined:
      return {
        document: {
          paths: [
            '/api',
            '/apis',
            '/healthz',
            '/livez',
            '/openapi/v2',
            '/openapi/v3',
            '/readyz',
            '/version',
          ],
        },
      };
    case 'version':
      return {
        document: {
          ...VERSION,
          gitCommit: '',
          gitTreeState: 'clean',
          buildDate: '',
          goVersion: '',
          compiler: '',
        },
      };
    case 'api':
      if (parts.length === 1 && aggregated) {
        return { document: aggregatedDiscovery(resources, true), contentType: AGGREGATED };
      }
      return parts.length === 1
        ? { document: coreVersions(host) }
        : optional(apiResourceList(resources, '', parts[1] ?? ''));
    case 'apis':
      if (parts.length === 1 && aggregated) {
        return { document: aggregatedDiscovery(resources, false), contentType: AGGREGATED };
      }
      if (parts.length === 1) {
        return { document: apiGroupList(resources) };
      }
      if (parts.length === 2) {
        return optional(apiGroup(resources, parts[1] ?? ''));
      }
      return optional(apiResourceList(resources, parts[1] ?? '', parts[2] ?? ''));
    case 'openapi':
      if (parts[1] === 'v2') {
        return v2Document(deps, accept);
      }
      if (parts[1] !== 'v3') {
        return undefined;
      }
      if (parts.length === 2) {
        return { document: openApiIndex(resources) };
      }
      return parts[2] === 'api'
        ? optional(openApiDocument(resources, '', parts[3] ?? ''))
        : optional(openApiDocument(resources, parts[3] ?? '', parts[4] ?? ''));
    default:
      return undefined;
  }
}

/**
 * The older document is given as JSON only; kubectl falls back from protobuf to the v3 documents.
 */
function v2Document(deps: ServerDeps, accept: string): Document {
  if (accept !== '' && !accept.includes('json') && !accept.includes('*/*')) {
    throw new StatusError(
      406,
      'NotAcceptable',
      'only the following media types are accepted: application/json',
    );
  }
  return { document: openApiV2(deps.registry.all()) };
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
  sendJson(response, status.code, status.status);
}
