import { FORMATS } from '../model/formats.ts';
import type { JsonObject } from '../model/json.ts';
import type { Schema } from '../model/schema.ts';

const COPIED = [
  'type',
  'required',
  'enum',
  'pattern',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
] as const;

/** A structural schema (OpenAPI v3) as the JSON schema that ajv compiles. */
export function ajvSchema(schema: Schema): JsonObject {
  return { ...constraints(schema), ...typeOf(schema), ...combinations(schema), ...inner(schema) };
}

function constraints(schema: Schema): JsonObject {
  const result: JsonObject = {};
  for (const keyword of COPIED) {
    const value = schema[keyword];
    if (value !== undefined) {
      result[keyword] = value as JsonObject[string];
    }
  }
  if (schema.format !== undefined && schema.format in FORMATS) {
    result.format = schema.format;
  }
  if (schema.minimum !== undefined) {
    result[schema.exclusiveMinimum === true ? 'exclusiveMinimum' : 'minimum'] = schema.minimum;
  }
  if (schema.maximum !== undefined) {
    result[schema.exclusiveMaximum === true ? 'exclusiveMaximum' : 'maximum'] = schema.maximum;
  }
  return result;
}

function typeOf(schema: Schema): JsonObject {
  const type = schema['x-kubernetes-int-or-string'] === true ? ['integer', 'string'] : schema.type;
  if (type === undefined) {
    return {};
  }
  return { type: schema.nullable === true ? [type, 'null'].flat() : type };
}

function combinations(schema: Schema): JsonObject {
  const result: JsonObject = {};
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
    if (schema[keyword] !== undefined) {
      result[keyword] = schema[keyword].map(ajvSchema);
    }
  }
  if (schema.not !== undefined) {
    result.not = ajvSchema(schema.not);
  }
  return result;
}

function inner({ items, properties, additionalProperties }: Schema): JsonObject {
  const result: JsonObject = {};
  if (items !== undefined) {
    result.items = ajvSchema(items);
  }
  if (properties !== undefined) {
    result.properties = Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [name, ajvSchema(property)]),
    );
  }
  // Pruning has removed unknown fields, so only the shape of map entries is left to check.
  if (typeof additionalProperties === 'object') {
    result.additionalProperties = ajvSchema(additionalProperties);
  }
  return result;
}
