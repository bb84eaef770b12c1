import type { Json } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { Schema } from './schema.ts';
import { joinPath, memberSchema } from './schema.ts';

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
  const inner: (readonly [Schema | undefined, Json, string])[] = [];
  if (schema.type === 'object') {
    if (!isObject(value)) {
      return mismatch(path, 'map', value);
    }
    for (const [key, member] of Object.entries(value)) {
      inner.push([memberSchema(schema, key), member ?? null, `${path}.${key}`]);
    }
  } else if (schema.type === 'array') {
    if (!Array.isArray(value)) {
      return mismatch(path, 'list', value);
    }
    value.forEach((item, index) => inner.push([schema.items, item, joinPath(path, index)]));
  } else if (SCALARS[schema.type ?? '']?.(value) === false && schema.format !== 'quantity') {
    return mismatch(
      path,
      schema.type === 'integer' ? 'numeric (int or float)' : schema.type,
      value,
    );
  }
  for (const [at, member, memberPath] of inner) {
    const found = at === undefined ? undefined : typeMismatch(at, member, memberPath);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function mismatch(path: string, wanted: string | undefined, value: Json): string {
  const shown = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return `${path}: expected ${wanted ?? ''}, got &value.valueUnstructured{Value:${shown}}`;
}
