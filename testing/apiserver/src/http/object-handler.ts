import type { JsonObject } from '../model/json.ts';
import {
  methodNotAllowed,
  noSuchSubresource,
  unsupportedMediaType,
} from '../model/status-error.ts';
import { PATCH_TYPES } from '../patch/apply-patch.ts';
import { isDryRun } from '../rest/delete-options.ts';
import type { WriteRequest } from '../rest/request.ts';
import type { Exchange } from './exchange.ts';
import { handlePodAction, isPod, podActionOf } from './pod-actions.ts';
import type { Representation } from './representation.ts';
import { renderObject } from './representation.ts';
import { serveWatch } from './watch.ts';
import { isWatch } from './watch-query.ts';

type Method = (
  exchange: Exchange,
  of: WriteRequest,
  representation: Representation,
) => void | Promise<void>;

const METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['GET', getOrWatch],
  ['PUT', update],
  ['PATCH', patch],
  ['DELETE', remove],
]);

/** Answers one request on an object or its subresource. Throws StatusError. */
export async function handleObject(exchange: Exchange, of: WriteRequest): Promise<void> {
  const action = exchange.method === 'POST' ? podActionOf(of) : undefined;
  if (action !== undefined) {
    await handlePodAction(action, exchange, of);
    return;
  }
  const { served, subresource } = of;
  if (subresource !== undefined && !(subresource === 'status' && served.version.hasStatus)) {
    throw noSuchSubresource();
  }
  const representation = exchange.representation();
  const method = METHODS.get(exchange.method);
  if (method === undefined) {
    throw methodNotAllowed();
  }
  await method(exchange, of, representation);
}

function getOrWatch(exchange: Exchange, of: WriteRequest, shown: Representation): void {
  const { objects, store, watch } = exchange.deps;
  const object = objects.get(of, of.name);
  if (!isWatch(of.query)) {
    exchange.send(200, renderObject(shown, of.served, object, watch.now()));
    return;
  }
  const query = new URLSearchParams(of.query);
  query.set('fieldSelector', `metadata.name=${of.name}`);
  serveWatch(store, { ...of, query }, shown, exchange.response, watch);
}

async function update(exchange: Exchange, of: WriteRequest, shown: Representation): Promise<void> {
  const { objects, watch } = exchange.deps;
  const object = objects.update(of, await exchange.body());
  exchange.send(200, renderObject(shown, of.served, object, watch.now()));
}

async function patch(exchange: Exchange, of: WriteRequest, shown: Representation): Promise<void> {
  const { objects, watch } = exchange.deps;
  const { mediaType } = exchange;
  const known: readonly string[] = Object.values(PATCH_TYPES);
  if (!known.includes(mediaType)) {
    throw unsupportedMediaType(known);
  }
  const { object, created } = objects.patch(of, mediaType, await exchange.body());
  exchange.send(created ? 201 : 200, renderObject(shown, of.served, object, watch.now()));
}

async function remove(exchange: Exchange, of: WriteRequest): Promise<void> {
  if (of.subresource !== undefined) {
    throw methodNotAllowed();
  }
  const deleteOptions = await exchange.deleteOptions();
  const options = { ...of.options, dryRun: isDryRun(deleteOptions) };
  const { object, gone } = exchange.deps.objects.delete({ ...of, options }, deleteOptions);
  const answer = gone && !isPod(of) ? deletedStatus(of, object.metadata.uid ?? '') : object;
  exchange.send(200, answer);
}

function deletedStatus({ served, name }: WriteRequest, uid: string): JsonObject {
  const { group, plural } = served.resource;
  const details = { name, ...(group === '' ? {} : { group }), kind: plural, uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}
