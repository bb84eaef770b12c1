import { NotServed } from '../model/status-error.ts';
import type { ResourceRequest } from '../rest/request.ts';
import { handleCollection } from './collection-handler.ts';
import type { Exchange } from './exchange.ts';
import { handleObject } from './object-handler.ts';
import type { ResourcePath } from './path.ts';

/** Answers one request on a resource. Throws StatusError. */
export async function handleResource(exchange: Exchange, path: ResourcePath): Promise<void> {
  const served = exchange.deps.registry.find(path.group, path.version, path.plural);
  if (served === undefined) {
    throw new NotServed();
  }
  if (path.namespace !== undefined && !served.resource.namespaced) {
    throw new NotServed();
  }
  const { deprecationWarning } = served.version;
  if (deprecationWarning !== undefined) {
    exchange.warn(deprecationWarning);
  }
  const request: ResourceRequest = {
    served,
    namespace: path.namespace,
    query: exchange.query,
    warn: (text) => {
      exchange.warn(text);
    },
  };
  if (path.name === undefined) {
    await handleCollection(exchange, request);
    return;
  }
  if (served.resource.namespaced && path.namespace === undefined) {
    throw new NotServed();
  }
  const { name, subresource } = path;
  await handleObject(exchange, { ...request, name, subresource, options: exchange.writeOptions() });
}
