import type { Json, JsonObject } from '../model/json.ts';
import { equalJson, isObject } from '../model/json.ts';
import { badRequest } from '../model/status-error.ts';
import type { Schema } from '../schema/schema.ts';
import { memberSchema } from '../schema/schema.ts';

/**
 * Applies a strategic merge patch: like a JSON merge patch, but lists whose schema has a merge key
 * are merged by it, and directives (`$patch`, `$retainKeys`, `$deleteFromPrimitiveList/…`,
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
  const result: JsonObject = isObject(target) ? { ...target } : {};
  const retained = patch.$retainKeys;
  if (Array.isArray(retained)) {
    for (const key of Object.keys(result)) {
      if (!retained.includes(key)) {
        result[key] = undefined;
      }
    }
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key === '$patch' || key === '$retainKeys' || value === undefined) {
      continue;
    }
    if (key.startsWith('$deleteFromPrimitiveList/')) {
      const field = key.slice('$deleteFromPrimitiveList/'.length);
      const list = result[field];
      if (Array.isArray(list) && Array.isArray(value)) {
        result[field] = list.filter((item) => !value.some((gone) => equalJson(gone, item)));
      }
    } else if (!key.startsWith('$setElementOrder/')) {
      const member = schema === undefined ? undefined : memberSchema(schema, key);
      result[key] = mergeMember(member, result[key], value, key);
    }
  }
  for (const [key, order] of Object.entries(patch)) {
    if (!key.startsWith('$setElementOrder/') || !Array.isArray(order)) {
      continue;
    }
    const field = key.slice('$setElementOrder/'.length);
    const member = schema === undefined ? undefined : memberSchema(schema, field);
    const list = result[field];
    if (Array.isArray(list)) {
      result[field] = ordered(list, order, member?.['x-kubernetes-patch-merge-key']);
    }
  }
  return result;
}

function withoutDirectives(patch: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(patch).filter(([key, value]) => !key.startsWith('$') && value !== null),
  );
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
    return [...list, ...value.filter((item) => !list.some((old) => equalJson(old, item)))];
  }
  return mergeByKey(schema.items, list, value, mergeKey, field);
}

function mergeByKey(
  schema: Schema | undefined,
  list: readonly Json[],
  patch: readonly Json[],
  mergeKey: string,
  field: string,
): Json[] {
  const items = patch.filter(isObject);
  const replaces = items.some(
    (item) => item.$patch === 'replace' && Object.keys(item).length === 1,
  );
  const result: Json[] = replaces ? [] : [...list];
  for (const item of items) {
    if (item.$patch === 'replace' && Object.keys(item).length === 1) {
      continue;
    }
    const key = item[mergeKey];
    if (key === undefined) {
      throw badRequest(
        `map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey} (in ${field})`,
      );
    }
    const index = result.findIndex((old) => isObject(old) && equalJson(old[mergeKey], key));
    if (item.$patch === 'delete') {
      if (index >= 0) {
        result.splice(index, 1);
      }
    } else if (index < 0) {
      result.push(strategicMerge(schema, undefined, item));
    } else {
      result[index] = strategicMerge(schema, result[index], item);
    }
  }
  return result;
}

/**
 * Items named in the order come in that order; the others stay behind the item that they followed.
 */
function ordered(
  list: readonly Json[],
  order: readonly Json[],
  mergeKey: string | undefined,
): Json[] {
  const keyOf = (item: Json): Json | undefined =>
    mergeKey !== undefined && isObject(item) ? item[mergeKey] : item;
  const position = (item: Json): number =>
    order.findIndex((wanted) => equalJson(keyOf(wanted), keyOf(item)));
  let last = -1;
  return list
    .map((item, index) => {
      const at = position(item);
      if (at >= 0) {
        last = at;
      }
      return { item, at: at >= 0 ? at : last + 0.5, index };
    })
    .sort((left, right) => left.at - right.at || left.index - right.index)
    .map(({ item }) => item);
}
