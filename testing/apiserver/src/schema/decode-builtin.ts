import type { Json, JsonObject } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { Schema } from '../model/schema.ts';
import { joinPath, memberSchema } from '../model/schema.ts';
import { badRequest } from '../model/status-error.ts';
import { parseMicroTime, parseTime } from './go-time.ts';

const QUANTITY = /^[+-]?[0-9.]+[eEinumkKMGTP]*[-+]?[0-9]*$/;
const QUANTITY_WORDS =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/**
 * Checks and normalises, in place, an object of a built-in type as the server's decoder does. Null
 * members count as missing, a number given for a quantity becomes text, and a time loses its
 * fraction. A value of another type than the field's is answered with 400.
 */
export function decodeBuiltin(
  schema: Schema,
  object: JsonObject,
  kind: string,
  apiVersion: string,
): void {
  new Decoder(kind, apiVersion.split('/').at(-1) ?? '').decode(schema, object, '');
}

class Decoder {
  readonly #kind: string;
  readonly #version: string;

  constructor(kind: string, version: string) {
    this.#kind = kind;
    this.#version = version;
  }

  decode(schema: Schema, value: Json, path: string): Json {
    if (schema['x-kubernetes-int-or-string'] === true) {
      const fits = typeof value === 'string' || typeof value === 'number';
      return fits ? value : this.#wrongType(path, value, 'intstr.IntOrString');
    }
    switch (schema.type) {
      case undefined:
        return value;
      case 'array':
        return this.#list(schema, value, path);
      case 'object':
        return this.#object(schema, value, path);
      case 'integer':
        return Number.isInteger(value)
          ? value
          : this.#wrongType(path, value, schema.format ?? 'int');
      case 'number':
        return typeof value === 'number' ? value : this.#wrongType(path, value, 'float64');
      case 'boolean':
        return typeof value === 'boolean' ? value : this.#wrongType(path, value, 'bool');
      default:
        return this.#text(schema, value, path);
    }
  }

  #list(schema: Schema, value: Json, path: string): Json {
    if (!Array.isArray(value)) {
      return this.#wrongType(path, value, 'slice');
    }
    return value.map((item, index) =>
      item === null ? null : this.decode(schema.items ?? {}, item, joinPath(path, index)),
    );
  }

  #object(schema: Schema, value: Json, path: string): Json {
    if (!isObject(value)) {
      return this.#wrongType(path, value, 'struct');
    }
    for (const [key, member] of Object.entries(value)) {
      const known = memberSchema(schema, key);
      if (known === undefined || member === undefined) {
        continue;
      }
      if (member === null) {
        Reflect.deleteProperty(value, key);
        continue;
      }
      // Go names the map, and not the entry, whose value has another type.
      const at = known === schema.additionalProperties ? path : joinPath(path, key);
      value[key] = this.decode(known, member, at);
    }
    return value;
  }

  #text(schema: Schema, value: Json, path: string): Json {
    if (schema.format === 'quantity') {
      const text = typeof value === 'number' ? String(value) : value;
      return typeof text === 'string' && QUANTITY.test(text) ? text : this.#refuse(QUANTITY_WORDS);
    }
    if (typeof value !== 'string') {
      return this.#wrongType(path, value, 'string');
    }
    switch (schema.format) {
      case 'byte':
        return this.#base64(value);
      case 'date-time':
        return this.#parsed(() => parseTime(value));
      case 'micro-time':
        return this.#parsed(() => parseMicroTime(value));
      case undefined:
      default:
        return value;
    }
  }

  #base64(text: string): string {
    const bad = text.search(/[^A-Za-z0-9+/=\r\n]/);
    const at = bad < 0 && text.replace(/[\r\n]/g, '').length % 4 !== 0 ? text.length : bad;
    return at < 0 ? text : this.#refuse(`illegal base64 data at input byte ${String(at)}`);
  }

  #parsed(parse: () => string): string {
    try {
      return parse();
    } catch (error) {
      return this.#refuse(error instanceof Error ? error.message : String(error));
    }
  }

  #wrongType(path: string, value: Json, wanted: string): never {
    return this.#refuse(
      `json: cannot unmarshal ${goKind(value)} into Go struct field ${this.#kind}.${path} of type ${wanted}`,
    );
  }

  #refuse(why: string): never {
    throw badRequest(
      `${this.#kind} in version "${this.#version}" cannot be handled as a ${this.#kind}: ${why}`,
    );
  }
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
