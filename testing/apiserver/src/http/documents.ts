import {
  aggregatedDiscovery,
  apiGroup,
  apiGroupList,
  apiResourceList,
  coreVersions,
} from '../discovery/discovery.ts';
import { openApiDocument, openApiIndex, openApiV2 } from '../discovery/openapi.ts';
import type { JsonObject } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import { StatusError } from '../model/status-error.ts';

/** The parts of a request and of the server that documents depend on. */
export interface DocumentRequest {
  readonly resources: readonly Resource[];
  /** The Accept header. */
  readonly accept: string;
  /** The Host header. */
  readonly host: string;
}

/** A document, with its media type where that is not plain JSON. */
export interface Document {
  readonly document: JsonObject;
  readonly contentType?: string;
}

/** The version of Kubernetes whose API this server speaks. */
const VERSION = {
  major: '1',
  minor: '35',
  gitVersion: 'v1.35.0-standin',
  platform: 'node',
} as const;

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

type Route = (request: DocumentRequest, below: readonly string[]) => Document | undefined;

/** By the first part of the path; each gets the parts below it. */
const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['', rootDocument],
  ['version', versionDocument],
  ['api', coreDocument],
  ['apis', groupDocument],
  ['openapi', openApi],
]);

/**
 * Everything that is no resource: discovery, schemas, the version. Undefined for an unknown path;
 * throws 406.
 */
export function documentAt(pathname: string, request: DocumentRequest): Document | undefined {
  const [first = '', ...below] = pathname.split('/').filter((part) => part !== '');
  return ROUTES.get(first)?.(request, below);
}

function rootDocument(): Document {
  const paths = [
    '/api',
    '/apis',
    '/healthz',
    '/livez',
    '/openapi/v2',
    '/openapi/v3',
    '/readyz',
    '/version',
  ];
  return { document: { paths } };
}

function versionDocument(): Document {
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
}

function coreDocument(request: DocumentRequest, below: readonly string[]): Document | undefined {
  const [version] = below;
  if (version !== undefined) {
    return optional(apiResourceList(request.resources, '', version));
  }
  return isAggregated(request)
    ? { document: aggregatedDiscovery(request.resources, true), contentType: AGGREGATED }
    : { document: coreVersions(request.host) };
}

function groupDocument(request: DocumentRequest, below: readonly string[]): Document | undefined {
  const { resources } = request;
  const [group, version] = below;
  if (group === undefined) {
    return isAggregated(request)
      ? { document: aggregatedDiscovery(resources, false), contentType: AGGREGATED }
      : { document: apiGroupList(resources) };
  }
  return optional(
    version === undefined ? apiGroup(resources, group) : apiResourceList(resources, group, version),
  );
}

function openApi(request: DocumentRequest, below: readonly string[]): Document | undefined {
  const [format, ...path] = below;
  switch (format) {
    case 'v2':
      return openApiV2Document(request);
    case 'v3':
      return openApiV3Document(request, path);
    case undefined:
    default:
      return undefined;
  }
}

/**
 * The older document is given as JSON only; kubectl falls back from protobuf to the v3 documents.
 */
function openApiV2Document({ accept, resources }: DocumentRequest): Document {
  if (accept !== '' && !accept.includes('json') && !accept.includes('*/*')) {
    throw new StatusError(
      406,
      'NotAcceptable',
      'only the following media types are accepted: application/json',
    );
  }
  return { document: openApiV2(resources) };
}

function openApiV3Document(
  { resources }: DocumentRequest,
  path: readonly string[],
): Document | undefined {
  const [root, first = '', second = ''] = path;
  if (root === undefined) {
    return { document: openApiIndex(resources) };
  }
  return optional(
    root === 'api'
      ? openApiDocument(resources, '', first)
      : openApiDocument(resources, first, second),
  );
}

function isAggregated({ accept }: DocumentRequest): boolean {
  return accept.replaceAll(' ', '').includes(AGGREGATED);
}

function optional(document: JsonObject | undefined): Document | undefined {
  return document === undefined ? undefined : { document };
}
