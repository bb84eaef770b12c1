import type { Json } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import { badRequest } from '../model/status-error.ts';
import type { Schema } from './schema.ts';
import { joinPath, memberSchema } from './schema.ts';

/**
 * Checks and normalises, in place, an object of a built-in type as the server's decoder does: null
 * members count as missing, a number given for a quantity becomes text, and a value of another type
 * than the field's is answered with 400.
 */
export function decodeBuiltin(
  schema: Schema,
  object: Record<string, Json | undefined>,
  kind: string,
  apiVersion: string,
): void {
  const fail = (path: string, value: Json, wanted: string): never => {
    throw badRequest(
      `${kind} in version "${apiVersion.split('/').at(-1) ?? ''}" cannot be handled as a ${kind}: json: cannot unmarshal ${goKind(value)} into Go struct field ${kind}.${path} of type ${wanted}`,
    );
  };
  const walk = (at: Schema, value: Json, path: string): Json => {
    if (at['x-kubernetes-int-or-string'] === true) {
      if (typeof value === 'string' || typeof value === 'number') {
        return value;
      }
      return fail(path, value, 'intstr.IntOrString');
    }
    switch (at.type) {
      case undefined:
        return value;
      case 'array':
        if (!Array.isArray(value)) {
          return fail(path, value, 'slice');
        }
        return value.map((item, index) =>
          item === null ? null : walk(at.items ?? {}, item, joinPath(path, index)),
        );
      case 'object':
        if (!isObject(value)) {
          return fail(path, value, 'struct');
        }
        for (const [key, member] of Object.entries(value)) {
          const known = memberSchema(at, key);
          if (known === undefined || member === undefined) {
            continue;
          }
          if (member === null) {
            Reflect.deleteProperty(value, key);
          } else {
            value[key] = walk(known, member, joinPath(path, key));
          }
        }
        return value;
      case 'integer':
        return Number.isInteger(value) ? value : fail(path, value, at.format ?? 'int');
      case 'number':
        return typeof value === 'number' ? value : fail(path, value, 'float64');
      case 'boolean':
        return typeof value === 'boolean' ? value : fail(path, value, 'bool');
      default:
        if (at.format === 'quantity' && typeof value === 'number') {
          return String(value);
        }
        return typeof value === 'string' ? value : fail(path, value, 'string');
    }
  };
  walk(schema, object, '');
}

function goKind(value: Json): string {
  if (Array.isArray(value)) {
    return 'array';
  }
  if (typeof value === 'boolean') {
    return 'bool';
  }
  return typeof value;
}
