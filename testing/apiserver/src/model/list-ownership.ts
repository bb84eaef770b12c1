import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';
import type { Schema } from './schema.ts';

/** How a list is owned and merged in server-side apply. */
export type ListOwnership =
  | { readonly kind: 'atomic' }
  | { readonly kind: 'set' }
  | { readonly kind: 'map'; readonly keys: readonly string[] };

/** Atomic where the schema says nothing. */
export function listOwnership(schema: Schema | undefined): ListOwnership {
  const keys = schema?.['x-kubernetes-list-map-keys'];
  if (schema?.['x-kubernetes-list-type'] === 'map' && keys !== undefined) {
    return { kind: 'map', keys };
  }
  return { kind: schema?.['x-kubernetes-list-type'] === 'set' ? 'set' : 'atomic' };
}

/** Whether only the whole of a map has an owner. */
export function isAtomicMap(schema: Schema | undefined): boolean {
  return schema?.['x-kubernetes-map-type'] === 'atomic';
}

/**
 * The path element of an item: its key fields in alphabetical order, defaults filled in, or its
 * value.
 */
export function itemElement(
  ownership: ListOwnership,
  schema: Schema | undefined,
  item: Json,
): string {
  if (ownership.kind !== 'map' || !isObject(item)) {
    return `v:${JSON.stringify(item)}`;
  }
  const key: JsonObject = {};
  for (const name of [...ownership.keys].sort()) {
    // The protocol of ports is the one list key of built-in types that may be left out.
    const value =
      item[name] ??
      schema?.items?.properties?.[name]?.default ??
      (name === 'protocol' ? 'TCP' : undefined);
    if (value !== undefined) {
      key[name] = value;
    }
  }
  return `k:${JSON.stringify(key)}`;
}
