import type { Json } from './json.ts';

/**
 * The subset of OpenAPI v3 that a structural schema may use, with the `x-kubernetes-*` extensions
 * the server acts on.
 */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly nullable?: boolean;
  readonly default?: Json;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly Json[];
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
  readonly 'x-kubernetes-patch-merge-key'?: string;
  readonly 'x-kubernetes-patch-strategy'?: string;
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[];
  /**
   * Name of the built-in type this schema stands for, as in `components.schemas`; such schemas are
   * published as references.
   */
  readonly model?: string;
  /** The purpose of a field of a built-in type; `description` is that of the type. */
  readonly usage?: string;
}

/** One rule of `x-kubernetes-validations`. */
export interface ValidationRule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

/** A schema that takes any value, for places that have no other. */
export const ANYTHING: Schema = { 'x-kubernetes-preserve-unknown-fields': true };

/**
 * The schema of one member of an object, be it a named property or a map entry; undefined when the
 * schema does not know it.
 */
export function memberSchema(schema: Schema, key: string): Schema | undefined {
  // Own members only: 'constructor' and its like are field names like any other.
  if (schema.properties !== undefined && Object.hasOwn(schema.properties, key)) {
    return schema.properties[key];
  }
  if (schema.additionalProperties === true) {
    return ANYTHING;
  }
  if (schema.additionalProperties === false || schema.additionalProperties === undefined) {
    return undefined;
  }
  return schema.additionalProperties;
}

/**
 * Joins a field path as the API server writes it: members with a dot, list positions in brackets.
 */
export function joinPath(path: string, member: string | number): string {
  if (typeof member === 'number') {
    return `${path}[${String(member)}]`;
  }
  return path === '' ? member : `${path}.${member}`;
}
