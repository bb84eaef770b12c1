import type { Json, JsonObject } from '../model/json.ts';
import { equalJson, isObject } from '../model/json.ts';
import type { Schema } from '../model/schema.ts';
import { memberSchema } from '../model/schema.ts';
import { badRequest } from '../model/status-error.ts';
import { inGivenOrder, inMergedOrder } from './list-order.ts';

const DELETE_ITEMS = '$deleteFromPrimitiveList/';
const SET_ORDER = '$setElementOrder/';

/**
 * Applies a strategic merge patch. It is like a JSON merge patch, but lists whose schema has a
 * merge key are merged by it. Directives (`$patch`, `$retainKeys`, `$deleteFromPrimitiveList/…`,
 * `$setElementOrder/…`) are obeyed. Throws 400 on an item without its key.
 */
export function strategicMerge(
  schema: Schema | undefined,
  target: Json | undefined,
  patch: JsonObject,
): JsonObject {
  if (patch.$patch === 'replace') {
    return withoutDirectives(patch);
  }
  if (patch.$patch === 'delete') {
    return {};
  }
  const result = retained(target, patch.$retainKeys);
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined || key === '$patch' || key === '$retainKeys') {
      continue;
    }
    if (key.startsWith(DELETE_ITEMS)) {
      deleteItems(result, key.slice(DELETE_ITEMS.length), value);
    } else if (!key.startsWith(SET_ORDER)) {
      result[key] = mergeMember(memberOf(schema, key), result[key], value, key);
    }
  }
  for (const [key, order] of Object.entries(patch)) {
    const field = key.slice(SET_ORDER.length);
    const list = result[field];
    if (key.startsWith(SET_ORDER) && Array.isArray(order) && Array.isArray(list)) {
      const mergeKey = memberOf(schema, field)?.['x-kubernetes-patch-merge-key'];
      result[field] = inGivenOrder(list, order, mergeKey);
    }
  }
  return result;
}

function withoutDirectives(patch: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(patch).filter(([key, value]) => !key.startsWith('$') && value !== null),
  );
}

function retained(target: Json | undefined, keys: Json | undefined): JsonObject {
  if (!isObject(target)) {
    return {};
  }
  return Array.isArray(keys)
    ? Object.fromEntries(Object.entries(target).filter(([key]) => keys.includes(key)))
    : { ...target };
}

function deleteItems(result: JsonObject, field: string, gone: Json): void {
  const list = result[field];
  if (Array.isArray(list) && Array.isArray(gone)) {
    result[field] = list.filter((item) => !gone.some((other) => equalJson(other, item)));
  }
}

function memberOf(schema: Schema | undefined, key: string): Schema | undefined {
  return schema === undefined ? undefined : memberSchema(schema, key);
}

function mergeMember(
  schema: Schema | undefined,
  target: Json | undefined,
  value: Json,
  field: string,
): Json | undefined {
  if (value === null) {
    return undefined;
  }
  if (isObject(value)) {
    return strategicMerge(schema, target, value);
  }
  const strategy = schema?.['x-kubernetes-patch-strategy']?.split(',') ?? [];
  if (schema === undefined || !Array.isArray(value) || !strategy.includes('merge')) {
    return value;
  }
  const list = Array.isArray(target) ? target : [];
  const mergeKey = schema['x-kubernetes-patch-merge-key'];
  if (mergeKey === undefined) {
    const added = value.filter((item) => !list.some((old) => equalJson(old, item)));
    return inMergedOrder([...list, ...added], list, value, undefined);
  }
  const merged = mergeByKey(schema.items, list, value, mergeKey, field);
  return inMergedOrder(merged, list, value, mergeKey);
}

function mergeByKey(
  schema: Schema | undefined,
  list: readonly Json[],
  patch: readonly Json[],
  mergeKey: string,
  field: string,
): Json[] {
  const items = patch.filter(isObject);
  const result: Json[] = items.some(replacesList) ? [] : [...list];
  for (const item of items.filter((candidate) => !replacesList(candidate))) {
    const key = item[mergeKey];
    if (key === undefined) {
      throw badRequest(
        `map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey} (in ${field})`,
      );
    }
    const index = result.findIndex((old) => isObject(old) && equalJson(old[mergeKey], key));
    if (item.$patch === 'delete') {
      result.splice(index, index < 0 ? 0 : 1);
    } else if (index < 0) {
      result.push(strategicMerge(schema, undefined, item));
    } else {
      result[index] = strategicMerge(schema, result[index], item);
    }
  }
  return result;
}

/** An item that is only `$patch: replace` stands for the list. */
function replacesList(item: JsonObject): boolean {
  return item.$patch === 'replace' && Object.keys(item).length === 1;
}
