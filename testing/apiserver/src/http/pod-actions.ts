import type { JsonObject } from '../model/json.ts';
import { isObject, stringAt } from '../model/json.ts';
import { badRequest } from '../model/status-error.ts';
import { PATCH_TYPES } from '../patch/apply-patch.ts';
import type { Objects } from '../rest/objects.ts';
import type { ResourceRequest, WriteRequest } from '../rest/request.ts';
import type { Exchange } from './exchange.ts';

/** The effect of a POST to a subresource of a Pod. Throws StatusError. */
export type PodAction = (objects: Objects, of: WriteRequest, body: JsonObject) => void;

const ACTIONS: ReadonlyMap<string, PodAction> = new Map([
  ['binding', bind],
  ['eviction', evict],
]);

/** Whether a request is on a Pod. */
export function isPod({ served }: ResourceRequest): boolean {
  return served.resource.group === '' && served.resource.plural === 'pods';
}

/** The action of a POST to a Pod's `binding` or `eviction`; undefined for every other path. */
export function podActionOf(of: WriteRequest): PodAction | undefined {
  return isPod(of) ? ACTIONS.get(of.subresource ?? '') : undefined;
}

/** Answers a request on such a subresource. Throws StatusError. */
export async function handlePodAction(
  action: PodAction,
  exchange: Exchange,
  of: WriteRequest,
): Promise<void> {
  const { value } = await exchange.body();
  if (!isObject(value)) {
    throw badRequest('the body of the request must be an object');
  }
  action(exchange.deps.objects, of, value);
  exchange.send(201, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    code: 201,
  });
}

function bind(objects: Objects, of: WriteRequest, binding: JsonObject): void {
  const nodeName = stringAt(binding, 'target', 'name');
  if (nodeName === undefined) {
    throw badRequest('Binding: target.name is required');
  }
  const patch = { value: { spec: { nodeName } }, duplicates: [] };
  objects.patch({ ...of, subresource: undefined }, PATCH_TYPES.merge, patch);
}

function evict(objects: Objects, of: WriteRequest, eviction: JsonObject): void {
  const options = eviction.deleteOptions;
  objects.delete({ ...of, subresource: undefined }, isObject(options) ? options : {});
}
