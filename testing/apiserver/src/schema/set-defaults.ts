import type { Json } from '../model/json.ts';
import { cloneJson, isObject } from '../model/json.ts';
import type { Schema } from '../model/schema.ts';

/**
 * Fills in, in place, the defaults of a structural schema. A member that is missing, or null where
 * null is not allowed, gets a copy of its default. Then the defaults inside of it apply.
 */
export function setDefaults(schema: Schema, value: Json | undefined): void {
  if (Array.isArray(value)) {
    for (const item of value) {
      if (schema.items !== undefined) {
        setDefaults(schema.items, item);
      }
    }
    return;
  }
  if (!isObject(value)) {
    return;
  }
  for (const [key, member] of Object.entries(schema.properties ?? {})) {
    const given = value[key];
    if (
      member.default !== undefined &&
      (given === undefined || (given === null && member.nullable !== true))
    ) {
      value[key] = cloneJson(member.default);
    }
    setDefaults(member, value[key]);
  }
  if (!isObject(schema.additionalProperties)) {
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    if (schema.properties === undefined || !Object.hasOwn(schema.properties, key)) {
      setDefaults(schema.additionalProperties, member);
    }
  }
}
