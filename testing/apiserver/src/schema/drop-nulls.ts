import type { Json } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { Schema } from '../model/schema.ts';
import { memberSchema } from '../model/schema.ts';

/** Removes, in place, null members that their schema does not allow and gives no default for. */
export function dropNulls(schema: Schema, value: Json | undefined): void {
  if (Array.isArray(value)) {
    for (const item of value) {
      dropNulls(schema.items ?? {}, item);
    }
    return;
  }
  if (!isObject(value)) {
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    const known = memberSchema(schema, key);
    if (member !== null) {
      dropNulls(known ?? {}, member);
    } else if (schema.properties?.[key] !== undefined && known?.nullable !== true) {
      Reflect.deleteProperty(value, key);
    }
  }
}
