import type { Json, JsonObject } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { Schema } from '../model/schema.ts';
import { joinPath, memberSchema } from '../model/schema.ts';

const SCALARS: Readonly<Record<string, (value: Json) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => typeof value === 'number',
  number: (value) => typeof value === 'number',
};

/**
 * The first value of another type than its schema's, as structured-merge-diff words it; undefined
 * when all fit. Null fits everywhere.
 */
export function typeMismatch(schema: Schema, value: Json, path = ''): string | undefined {
  if (value === null || schema['x-kubernetes-int-or-string'] === true) {
    return undefined;
  }
  switch (schema.type) {
    case 'object':
      return isObject(value) ? inMembers(schema, value, path) : mismatch(path, 'map', value);
    case 'array':
      return Array.isArray(value) ? inItems(schema, value, path) : mismatch(path, 'list', value);
    case undefined:
    default:
      return ofScalar(schema, value, path);
  }
}

function inMembers(schema: Schema, object: JsonObject, path: string): string | undefined {
  for (const [key, member] of Object.entries(object)) {
    const at = memberSchema(schema, key);
    const found = at && typeMismatch(at, member ?? null, `${path}.${key}`);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function inItems({ items }: Schema, list: readonly Json[], path: string): string | undefined {
  if (items === undefined) {
    return undefined;
  }
  for (const [index, item] of list.entries()) {
    const found = typeMismatch(items, item, joinPath(path, index));
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function ofScalar({ type, format }: Schema, value: Json, path: string): string | undefined {
  if (format === 'quantity' || SCALARS[type ?? '']?.(value) !== false) {
    return undefined;
  }
  return mismatch(path, type === 'integer' ? 'numeric (int or float)' : type, value);
}

function mismatch(path: string, wanted: string | undefined, value: Json): string {
  const shown = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return `${path}: expected ${wanted ?? ''}, got &value.valueUnstructured{Value:${shown}}`;
}
