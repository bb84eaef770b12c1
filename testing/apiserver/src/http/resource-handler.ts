import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject } from '../model/json.ts';
import { isObject, stringAt } from '../model/json.ts';
import { groupVersion, resourceKey } from '../model/resource.ts';
import {
  badRequest,
  methodNotAllowed,
  noSuchResource,
  unsupportedMediaType,
} from '../model/status-error.ts';
import { PATCH_TYPES } from '../patch/apply-patch.ts';
import { keyPrefix, listPage, selectorOf } from '../rest/list-page.ts';
import type { Objects } from '../rest/objects.ts';
import type { Registry } from '../rest/registry.ts';
import type { ResourceRequest, WriteRequest } from '../rest/request.ts';
import { writeOptionsFrom } from '../rest/write-options.ts';
import type { Store } from '../store/store.ts';
import type { ResourcePath } from './path.ts';
import { decodeBody, readBody } from './read-body.ts';
import { renderList, renderObject, representationFrom } from './representation.ts';
import { sendJson } from './send.ts';
import type { WatchSettings } from './watch.ts';
import { serveWatch } from './watch.ts';

/** The needs of requests on resources. */
export interface ResourceHandlerDeps {
  readonly store: Store;
  readonly registry: Registry;
  readonly objects: Objects;
  readonly watch: WatchSettings;
}

/** Answers one request on a resource. Throws StatusError. */
export async function handleResource(
  deps: ResourceHandlerDeps,
  path: ResourcePath,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const served = deps.registry.find(path.group, path.version, path.plural);
  if (served === undefined) {
    throw noSuchResource();
  }
  if (path.namespace !== undefined && !served.resource.namespaced) {
    throw noSuchResource();
  }
  const { deprecationWarning } = served.version;
  const warnings = new Set(deprecationWarning === undefined ? [] : [deprecationWarning]);
  const resourceRequest: ResourceRequest = {
    served,
    namespace: path.namespace,
    query,
    warn: (text) => warnings.add(text),
  };
  if (path.name === undefined) {
    await handleCollection(deps, resourceRequest, warnings, request, response);
    return;
  }
  if (served.resource.namespaced && path.namespace === undefined) {
    throw noSuchResource();
  }
  const write: WriteRequest = {
    ...resourceRequest,
    name: path.name,
    subresource: path.subresource,
    options: writeOptionsFrom(query, request.headers['user-agent'] ?? ''),
  };
  await handleObject(deps, write, warnings, request, response);
}

async function handleCollection(
  { store, objects, watch }: ResourceHandlerDeps,
  of: ResourceRequest,
  warnings: ReadonlySet<string>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { served, query } = of;
  const now = watch.now();
  const representation = representationFrom(request.headers.accept, query);
  switch (request.method) {
    case 'GET': {
      if (isTrue(query.get('watch'))) {
        serveWatch(store, of, representation, response, watch);
        return;
      }
      const page = listPage(store, of);
      const apiVersion = groupVersion(served.resource.group, served.version.name);
      const metadata = {
        resourceVersion: page.resourceVersion,
        ...(page.continueToken === undefined ? {} : { continue: page.continueToken }),
        ...(page.remainingItemCount === undefined
          ? {}
          : { remainingItemCount: page.remainingItemCount }),
      };
      const items = page.items.map((item) => ({ ...item, apiVersion }));
      sendJson(
        response,
        200,
        renderList(representation, served, apiVersion, items, metadata, now),
        warnings,
      );
      return;
    }
    case 'POST': {
      const body = decodeBody(await readBody(request), mediaTypeOf(request));
      const options = writeOptionsFrom(query, request.headers['user-agent'] ?? '');
      const object = objects.create({ ...of, subresource: undefined, options }, body);
      sendJson(response, 201, renderObject(representation, served, object, now), warnings);
      return;
    }
    case 'DELETE': {
      const options = deleteOptions(await readBody(request), mediaTypeOf(request), query);
      const asked = writeOptionsFrom(query, request.headers['user-agent'] ?? '');
      const write = { ...asked, dryRun: isDryRun(options) };
      const selected = selectorOf(of);
      const items = store
        .list(resourceKey(served.resource), keyPrefix(of.namespace))
        .filter(selected);
      for (const item of items) {
        const { name, namespace } = item.metadata;
        objects.delete({ ...of, namespace, name, subresource: undefined, options: write }, options);
      }
      const metadata = { resourceVersion: String(store.revision) };
      const apiVersion = groupVersion(served.resource.group, served.version.name);
      sendJson(
        response,
        200,
        renderList(representation, served, apiVersion, items, metadata, now),
        warnings,
      );
      return;
    }
    case undefined:
    default:
      throw methodNotAllowed();
  }
}

function isTrue(parameter: string | null): boolean {
  return parameter === 'true' || parameter === '1';
}

function mediaTypeOf(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
}

/**
 * DeleteOptions come in the body or else in the query. Beside a body, those of the query do not
 * count.
 */
function deleteOptions(bytes: Buffer, mediaType: string, query: URLSearchParams): JsonObject {
  if (bytes.length > 0) {
    const { value } = decodeBody(bytes, mediaType);
    return isObject(value) ? value : {};
  }
  const grace = query.get('gracePeriodSeconds');
  const policy = query.get('propagationPolicy');
  return {
    ...(query.get('dryRun') === 'All' ? { dryRun: ['All'] } : {}),
    ...(grace === null ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(policy === null ? {} : { propagationPolicy: policy }),
  };
}

function isDryRun({ dryRun }: JsonObject): boolean {
  return Array.isArray(dryRun) && dryRun.includes('All');
}

async function handleObject(
  deps: ResourceHandlerDeps,
  write: WriteRequest,
  warnings: ReadonlySet<string>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { objects, watch } = deps;
  const { served, subresource } = write;
  const isPod = served.resource.group === '' && served.resource.plural === 'pods';
  if (
    request.method === 'POST' &&
    isPod &&
    (subresource === 'binding' || subresource === 'eviction')
  ) {
    const body = decodeBody(await readBody(request), mediaTypeOf(request)).value;
    if (!isObject(body)) {
      throw badRequest('the body of the request must be an object');
    }
    if (subresource === 'binding') {
      bind(objects, write, body);
    } else {
      evict(objects, write, body);
    }
    sendJson(
      response,
      201,
      { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
      warnings,
    );
    return;
  }
  if (subresource !== undefined && !(subresource === 'status' && served.version.hasStatus)) {
    throw noSuchResource();
  }
  const representation = representationFrom(request.headers.accept, write.query);
  switch (request.method) {
    case 'GET': {
      const object = objects.get(write, write.name);
      if (isTrue(write.query.get('watch'))) {
        const query = new URLSearchParams(write.query);
        query.set('fieldSelector', `metadata.name=${write.name}`);
        serveWatch(deps.store, { ...write, query }, representation, response, watch);
        return;
      }
      sendJson(response, 200, renderObject(representation, served, object, watch.now()), warnings);
      return;
    }
    case 'PUT': {
      const object = objects.update(
        write,
        decodeBody(await readBody(request), mediaTypeOf(request)),
      );
      sendJson(response, 200, renderObject(representation, served, object, watch.now()), warnings);
      return;
    }
    case 'PATCH': {
      const mediaType = mediaTypeOf(request);
      const known: readonly string[] = Object.values(PATCH_TYPES);
      if (!known.includes(mediaType)) {
        throw unsupportedMediaType(known);
      }
      const { object, created } = objects.patch(
        write,
        mediaType,
        decodeBody(await readBody(request), mediaType),
      );
      sendJson(
        response,
        created ? 201 : 200,
        renderObject(representation, served, object, watch.now()),
        warnings,
      );
      return;
    }
    case 'DELETE': {
      if (subresource !== undefined) {
        throw methodNotAllowed();
      }
      const options = deleteOptions(await readBody(request), mediaTypeOf(request), write.query);
      const asked = { ...write, options: { ...write.options, dryRun: isDryRun(options) } };
      const { object, gone } = objects.delete(asked, options);
      const answer = gone && !isPod ? deletedStatus(write, object.metadata.uid ?? '') : object;
      sendJson(response, 200, answer, warnings);
      return;
    }
    case undefined:
    default:
      throw methodNotAllowed();
  }
}

function bind(objects: Objects, write: WriteRequest, binding: JsonObject): void {
  const nodeName = stringAt(binding, 'target', 'name');
  if (nodeName === undefined) {
    throw badRequest('Binding: target.name is required');
  }
  const patch = { value: { spec: { nodeName } }, duplicates: [] };
  objects.patch({ ...write, subresource: undefined }, PATCH_TYPES.merge, patch);
}

function evict(objects: Objects, write: WriteRequest, eviction: JsonObject): void {
  const options = eviction.deleteOptions;
  objects.delete({ ...write, subresource: undefined }, isObject(options) ? options : {});
}

function deletedStatus({ served, name }: WriteRequest, uid: string): JsonObject {
  const { group, plural } = served.resource;
  const details = { name, ...(group === '' ? {} : { group }), kind: plural, uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}
