import type { Json } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { Schema } from '../model/schema.ts';
import { joinPath, memberSchema } from '../model/schema.ts';

/** Members that every object, and every embedded one, has. */
const TYPE_MEMBERS = new Set(['apiVersion', 'kind', 'metadata']);

/**
 * Removes, in place, the fields a schema does not know, and returns their paths in the order in
 * which they were met. At the root, `apiVersion`, `kind` and `metadata` always stay.
 */
export function prune(
  schema: Schema,
  value: Json | undefined,
  path = '',
  resource = path === '',
): string[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined
      ? []
      : value.flatMap((item, index) => prune(items, item, joinPath(path, index), false));
  }
  if (!isObject(value)) {
    return [];
  }
  const removed: string[] = [];
  for (const key of Object.keys(value)) {
    const member = memberSchema(schema, key);
    const at = joinPath(path, key);
    if (member !== undefined) {
      removed.push(...prune(member, value[key], at, member['x-kubernetes-embedded-resource']));
    } else if (resource && TYPE_MEMBERS.has(key)) {
      continue;
    } else if (schema['x-kubernetes-preserve-unknown-fields'] !== true) {
      removed.push(at);
      Reflect.deleteProperty(value, key);
    }
  }
  return removed;
}
