import type { Json, JsonObject } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import { isAtomicMap, itemElement, listOwnership } from '../model/list-ownership.ts';
import type { Schema } from '../model/schema.ts';
import { memberSchema } from '../model/schema.ts';
import { pathElements } from './field-set.ts';

/**
 * Lays an applied configuration over the live object: maps and keyed lists are merged, everything
 * else is replaced.
 */
export function mergeApplied(
  schema: Schema | undefined,
  live: Json | undefined,
  applied: Json,
): Json {
  if (isObject(applied) && isObject(live) && !isAtomicMap(schema)) {
    const merged: JsonObject = { ...live };
    for (const [member, value] of Object.entries(applied)) {
      if (value === undefined || value === null) {
        continue;
      }
      merged[member] = mergeApplied(
        schema === undefined ? undefined : memberSchema(schema, member),
        live[member],
        value,
      );
    }
    return merged;
  }
  const ownership = listOwnership(schema);
  if (!Array.isArray(applied) || !Array.isArray(live) || ownership.kind === 'atomic') {
    return applied;
  }
  const merged = new Map(live.map((item) => [itemElement(ownership, schema, item), item]));
  for (const item of applied) {
    const element = itemElement(ownership, schema, item);
    merged.set(element, mergeApplied(schema?.items, merged.get(element), item));
  }
  return [...merged.values()];
}

/**
 * Removes, in place, the field at a path; maps and lists that it leaves empty go too, top-level
 * members stay.
 */
export function removeField(schema: Schema, object: JsonObject, key: string): void {
  const remove = (
    at: Schema | undefined,
    container: Json | undefined,
    elements: readonly string[],
  ): void => {
    const [element, ...rest] = elements;
    if (element === undefined) {
      return;
    }
    if (element.startsWith('f:')) {
      if (!isObject(container)) {
        return;
      }
      const member = element.slice(2);
      if (rest.length > 0) {
        remove(at === undefined ? undefined : memberSchema(at, member), container[member], rest);
      }
      if (rest.length === 0 || (container !== object && isEmpty(container[member]))) {
        container[member] = undefined;
      }
      return;
    }
    if (!Array.isArray(container)) {
      return;
    }
    const index = container.findIndex(
      (item) => itemElement(listOwnership(at), at, item) === element,
    );
    if (index < 0) {
      return;
    }
    if (rest.length === 0) {
      container.splice(index, 1);
    } else {
      remove(at?.items, container[index], rest);
    }
  };
  remove(schema, object, pathElements(key));
}

function isEmpty(value: Json | undefined): boolean {
  if (Array.isArray(value)) {
    return value.length === 0;
  }
  return isObject(value) && Object.values(value).every((member) => member === undefined);
}
