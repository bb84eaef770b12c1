/**
 * Any JSON value. `undefined` members are tolerated so that optional fields can be set aside; they
 * vanish when written.
 */
export type Json = null | boolean | number | string | Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  [key: string]: Json | undefined;
}

/** The object in a member, or undefined when there is none. */
export function objectAt(
  value: Json | undefined,
  ...path: readonly string[]
): JsonObject | undefined {
  const found = valueAt(value, ...path);
  return isObject(found) ? found : undefined;
}

/** The string at a path of object members, or undefined. */
export function stringAt(value: Json | undefined, ...path: readonly string[]): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

/** The list at a path of object members; empty when there is none. */
export function listAt(value: Json | undefined, ...path: readonly string[]): Json[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The value at a path of object members. */
export function valueAt(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let at = value;
  for (const key of path) {
    if (!isObject(at)) {
      return undefined;
    }
    at = at[key];
  }
  return at;
}

/** Deep equality of JSON values; member order and `undefined` members do not count. */
export function equalJson(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) {
    return true;
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    return (
      left.length === right.length && left.every((item, index) => equalJson(item, right[index]))
    );
  }
  if (!isObject(left) || !isObject(right)) {
    return false;
  }
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => equalJson(left[key], right[key]));
}

/**
 * A deep copy. `structuredClone` would give lists of another realm when Jest runs the server, and
 * CEL's evaluator does not take those for lists.
 */
export function cloneJson<T extends Json | undefined>(value: T): T {
  return (copy(value) ?? value) as T;
}

/** Tells a JSON object from every other JSON value. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as text: scalars as they are, nothing as the empty string, everything else as JSON. */
export function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) {
    return '';
  }
  if (typeof value === 'object') {
    return JSON.stringify(value);
  }
  return String(value);
}

/** A copy of an object without some of its members. */
export function omit(object: JsonObject, ...members: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !members.includes(key)));
}

function copy(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) {
    return value.map((item) => copy(item) ?? null);
  }
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, copy(member)]))
    : value;
}
