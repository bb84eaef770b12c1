import { textOf } from '../model/json.ts';
import type { Schema } from '../model/schema.ts';

/** The largest request that the API server takes into account, in bytes. */
const MAX_REQUEST_BYTES = 3 * 1024 * 1024;

/** The API server's assumed lengths of strings of a format (k8s.io/apiserver, pkg/cel/common). */
const FORMAT_SIZES: Readonly<Record<string, number>> = {
  date: 10,
  'date-time': 25,
  duration: 43,
};

/**
 * The largest number of characters, items or entries that a value of a schema can have. That is its
 * declared limit, or else the number that fits into one request.
 */
export function maxSize(schema: Schema): number {
  if (schema['x-kubernetes-int-or-string'] === true) {
    return MAX_REQUEST_BYTES - 2;
  }
  const { items = {}, additionalProperties: entry } = schema;
  switch (schema.type) {
    case 'string':
      return schema.maxLength ?? lengthOf(schema);
    case 'array':
      return schema.maxItems ?? mostInARequest(minBytes(items) + 1);
    case 'object':
      // A key takes two quotes, a character and a colon, and the entry a comma.
      return typeof entry === 'object'
        ? (schema.maxProperties ?? mostInARequest(minBytes(entry) + 6))
        : 0;
    case undefined:
    default:
      return 0;
  }
}

/** How often a value of a schema can occur in one request. */
export function mostOften(schema: Schema): number {
  return Math.floor(MAX_REQUEST_BYTES / (minBytes(schema) + 1));
}

function lengthOf(schema: Schema): number {
  const allowed = schema.enum?.map((value) => textOf(value).length) ?? [];
  return allowed.length > 0
    ? Math.max(...allowed)
    : (FORMAT_SIZES[schema.format ?? ''] ?? MAX_REQUEST_BYTES - 2);
}

function mostInARequest(bytesEach: number): number {
  return Math.floor((MAX_REQUEST_BYTES - 2) / bytesEach);
}

/** The fewest bytes of JSON that a value of a schema takes. */
function minBytes(schema: Schema): number {
  switch (schema.type) {
    case 'string':
    case 'array':
      return 2;
    case 'boolean':
      return 4;
    case 'object': {
      const required = (schema.required ?? []).map((name) => {
        const property = schema.properties?.[name];
        return property === undefined ? 0 : name.length + minBytes(property) + 4;
      });
      return required.reduce((sum, bytes) => sum + bytes, 2);
    }
    case undefined:
    default:
      return 1;
  }
}
