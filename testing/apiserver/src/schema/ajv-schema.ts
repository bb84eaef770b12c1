import type { JsonObject } from '../model/json.ts';
import { FORMATS } from './formats.ts';
import type { Schema } from './schema.ts';

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
  if (schema['x-kubernetes-int-or-string'] === true) {
    result.type = ['integer', 'string'];
  }
  if (schema.nullable === true && result.type !== undefined) {
    result.type = [result.type, 'null'].flat();
  }
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
    if (schema[keyword] !== undefined) {
      result[keyword] = schema[keyword].map(ajvSchema);
    }
  }
  if (schema.not !== undefined) {
    result.not = ajvSchema(schema.not);
  }
  if (schema.items !== undefined) {
    result.items = ajvSchema(schema.items);
  }
  if (schema.properties !== undefined) {
    result.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, property]) => [name, ajvSchema(property)]),
    );
  }
  // Pruning has removed unknown fields, so only the shape of map entries is left to check.
  if (typeof schema.additionalProperties === 'object') {
    result.additionalProperties = ajvSchema(schema.additionalProperties);
  }
  return result;
}
