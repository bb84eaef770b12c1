import type { Json, JsonObject } from '../model/json.ts';
import { omit } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { StatusError } from '../model/status-error.ts';
import type { ServedResource } from '../rest/registry.ts';
import { columnDefinitions, tableRow } from '../table/table.ts';

/** How a client wants objects: as they are, as rows of a Table, or their metadata only. */
export type Representation =
  | { readonly kind: 'object' }
  | { readonly kind: 'table'; readonly version: string; readonly includeObject: string }
  | { readonly kind: 'metadata' };

/** The list metadata of an answer. */
export interface ListMeta extends JsonObject {
  resourceVersion: string;
}

/**
 * Chooses among the media types of an Accept header the first that this server can give. Throws 406
 * when there is none.
 */
export function representationFrom(
  accept: string | undefined,
  query: URLSearchParams,
): Representation {
  for (const clause of (accept ?? '*/*').split(',')) {
    const [mediaType = '', ...parameters] = clause.split(';').map((part) => part.trim());
    const of = new Map(parameters.map((part) => part.split('=', 2) as [string, string]));
    if (!['application/json', '*/*', 'application/*', 'application/yaml'].includes(mediaType)) {
      continue;
    }
    const as = of.get('as');
    if (as === 'Table') {
      return {
        kind: 'table',
        version: of.get('v') ?? 'v1',
        includeObject: query.get('includeObject') ?? 'Metadata',
      };
    }
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') {
      return { kind: 'metadata' };
    }
    if (as === undefined) {
      return { kind: 'object' };
    }
  }
  throw new StatusError(
    406,
    'NotAcceptable',
    'only the following media types are accepted: application/json, application/json;as=Table',
  );
}

/** Objects of a list in the wanted representation. */
export function renderList(
  representation: Representation,
  served: ServedResource,
  apiVersion: string,
  items: readonly KubeObject[],
  metadata: ListMeta,
  now: Date,
): JsonObject {
  switch (representation.kind) {
    case 'table':
      return {
        kind: 'Table',
        apiVersion: `meta.k8s.io/${representation.version}`,
        metadata,
        columnDefinitions: columnDefinitions(served.version.columns),
        rows: items.map((item) =>
          tableRow(served.version.columns, item, representation.includeObject, now),
        ),
      };
    case 'metadata':
      return {
        kind: 'PartialObjectMetadataList',
        apiVersion: 'meta.k8s.io/v1',
        metadata,
        items: items.map(partialObject),
      };
    case 'object': {
      // Items of a list do not repeat their type, but those of custom resources do.
      const bare = (item: KubeObject): Json => omit(item, 'apiVersion', 'kind');
      return {
        kind: served.resource.listKind,
        apiVersion,
        metadata,
        items: items.map((item) => (served.resource.custom ? item : bare(item))),
      };
    }
  }
}

/** One object in the wanted representation; `first` says whether a table still needs its header. */
export function renderObject(
  representation: Representation,
  served: ServedResource,
  object: KubeObject,
  now: Date,
  first = true,
): JsonObject {
  switch (representation.kind) {
    case 'table':
      return {
        kind: 'Table',
        apiVersion: `meta.k8s.io/${representation.version}`,
        metadata: { resourceVersion: object.metadata.resourceVersion ?? '' },
        columnDefinitions: first ? columnDefinitions(served.version.columns) : null,
        rows: [tableRow(served.version.columns, object, representation.includeObject, now)],
      };
    case 'metadata':
      return partialObject(object);
    case 'object':
      return object;
  }
}

function partialObject(object: KubeObject): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}
