import type { KubeObject } from '../model/kube-object.ts';
import { groupVersion, resourceKey } from '../model/resource.ts';
import { methodNotAllowed } from '../model/status-error.ts';
import { isDryRun } from '../rest/delete-options.ts';
import type { ListPage } from '../rest/list-page.ts';
import { keyPrefix, listPage, selectorOf } from '../rest/list-page.ts';
import type { ResourceRequest } from '../rest/request.ts';
import type { Exchange } from './exchange.ts';
import type { ListMeta, Representation } from './representation.ts';
import { renderList, renderObject } from './representation.ts';
import { serveWatch } from './watch.ts';
import { isWatch } from './watch-query.ts';

type Method = (
  exchange: Exchange,
  of: ResourceRequest,
  representation: Representation,
) => void | Promise<void>;

const METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['GET', listOrWatch],
  ['POST', create],
  ['DELETE', deleteSelected],
]);

/** Answers one request on the objects of a resource. Throws StatusError. */
export async function handleCollection(exchange: Exchange, of: ResourceRequest): Promise<void> {
  const representation = exchange.representation();
  const method = METHODS.get(exchange.method);
  if (method === undefined) {
    throw methodNotAllowed();
  }
  await method(exchange, of, representation);
}

function listOrWatch(exchange: Exchange, of: ResourceRequest, shown: Representation): void {
  const { store, watch } = exchange.deps;
  if (isWatch(of.query)) {
    serveWatch(store, of, shown, exchange.response, watch);
    return;
  }
  const page = listPage(store, of);
  const { resource, version } = of.served;
  const apiVersion = groupVersion(resource.group, version.name);
  const items = page.items.map((item) => ({ ...item, apiVersion }));
  sendList(exchange, of, shown, items, listMeta(page));
}

async function create(
  exchange: Exchange,
  of: ResourceRequest,
  shown: Representation,
): Promise<void> {
  const { objects, watch } = exchange.deps;
  const body = await exchange.body();
  const options = exchange.writeOptions();
  const object = objects.create({ ...of, subresource: undefined, options }, body);
  exchange.send(201, renderObject(shown, of.served, object, watch.now()));
}

async function deleteSelected(
  exchange: Exchange,
  of: ResourceRequest,
  shown: Representation,
): Promise<void> {
  const { objects, store } = exchange.deps;
  const deleteOptions = await exchange.deleteOptions();
  const options = { ...exchange.writeOptions(), dryRun: isDryRun(deleteOptions) };
  const selected = selectorOf(of);
  const items = store
    .list(resourceKey(of.served.resource), keyPrefix(of.namespace))
    .filter(selected);
  for (const { metadata } of items) {
    const { name, namespace } = metadata;
    objects.delete({ ...of, namespace, name, subresource: undefined, options }, deleteOptions);
  }
  sendList(exchange, of, shown, items, { resourceVersion: String(store.revision) });
}

function listMeta({ resourceVersion, continueToken, remainingItemCount }: ListPage): ListMeta {
  return {
    resourceVersion,
    ...(continueToken === undefined ? {} : { continue: continueToken }),
    ...(remainingItemCount === undefined ? {} : { remainingItemCount }),
  };
}

function sendList(
  exchange: Exchange,
  { served }: ResourceRequest,
  shown: Representation,
  items: readonly KubeObject[],
  metadata: ListMeta,
): void {
  const apiVersion = groupVersion(served.resource.group, served.version.name);
  const now = exchange.deps.watch.now();
  exchange.send(200, renderList(shown, served, apiVersion, items, metadata, now));
}
