import type { Json } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import { itemElement, listOwnership } from '../model/list-ownership.ts';
import type { Schema } from '../model/schema.ts';
import { joinPath, memberSchema } from '../model/schema.ts';
import type { FieldError } from '../model/status-error.ts';

/** The items of sets and keyed lists that occur twice. */
export function validateLists(schema: Schema, value: Json | undefined, path = ''): FieldError[] {
  if (isObject(value)) {
    return Object.entries(value).flatMap(([key, inner]) => {
      const member = memberSchema(schema, key);
      return member === undefined ? [] : validateLists(member, inner, joinPath(path, key));
    });
  }
  if (!Array.isArray(value)) {
    return [];
  }
  const ownership = listOwnership(schema);
  const seen = new Set<string>();
  return value.flatMap((item, index) => {
    const at = joinPath(path, index);
    const inner = schema.items === undefined ? [] : validateLists(schema.items, item, at);
    if (ownership.kind === 'atomic') {
      return inner;
    }
    const element = itemElement(ownership, schema, item);
    if (!seen.has(element)) {
      seen.add(element);
      return inner;
    }
    return [
      { reason: 'FieldValueDuplicate', field: at, message: `Duplicate value: ${element.slice(2)}` },
      ...inner,
    ];
  });
}
