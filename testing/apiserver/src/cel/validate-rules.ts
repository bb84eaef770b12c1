import type { Json } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import { itemElement, listOwnership } from '../model/list-ownership.ts';
import type { Schema, ValidationRule } from '../model/schema.ts';
import { joinPath, memberSchema } from '../model/schema.ts';
import type { FieldError } from '../model/status-error.ts';
import {
  duplicateValue,
  forbiddenValue,
  invalidValue,
  requiredValue,
} from '../model/status-error.ts';
import { programOf } from './environment.ts';
import { celName } from './schema-types.ts';

/** k8s.io/apiserver, pkg/apis/cel/config.go. */
const MAX_MESSAGE_BYTES = 5 * 1024;

/** Whether the API server has a rule to evaluate on objects of a schema. */
export function hasRules(schema: Schema): boolean {
  if (schema['x-kubernetes-validations'] !== undefined) {
    return true;
  }
  const { items, properties, additionalProperties } = schema;
  const inner = [items, additionalProperties, ...Object.values(properties ?? {})];
  return inner.some((child) => typeof child === 'object' && hasRules(child));
}

/**
 * Evaluates every `x-kubernetes-validations` rule of a schema on an object; `old` is its state
 * before an update.
 */
export function validateRules(
  schema: Schema,
  value: Json | undefined,
  old: Json | undefined,
  path = '',
): FieldError[] {
  if (value === undefined || value === null) {
    return [];
  }
  const faults = (schema['x-kubernetes-validations'] ?? []).flatMap((rule) =>
    evaluate(rule, schema, value, old, path),
  );
  if (isObject(value)) {
    const before = isObject(old) ? old : {};
    for (const [key, inner] of Object.entries(value)) {
      const member = memberSchema(schema, key);
      if (member !== undefined) {
        faults.push(...validateRules(member, inner, before[key], joinPath(path, key)));
      }
    }
  }
  const { items } = schema;
  if (Array.isArray(value) && items !== undefined) {
    const ownership = listOwnership(schema);
    const before = ownership.kind === 'map' && Array.isArray(old) ? old : [];
    value.forEach((item, index) => {
      const same = before.find(
        (other) => itemElement(ownership, schema, other) === itemElement(ownership, schema, item),
      );
      faults.push(...validateRules(items, item, same, joinPath(path, index)));
    });
  }
  return faults;
}

function evaluate(
  rule: ValidationRule,
  schema: Schema,
  value: Json,
  old: Json | undefined,
  path: string,
): FieldError[] {
  // Rules about a transition do not apply to new objects.
  if (/\boldSelf\b/.test(rule.rule) && old === undefined) {
    return [];
  }
  const at = `${path}${rule.fieldPath ?? ''}`.replace(/^\./, '');
  // Since 1.35 the server shows a scalar itself, and of other values the type.
  const shown = typeof value === 'object' ? (schema.type ?? 'object') : value;
  const context = {
    self: celValue(schema, value),
    ...(old === undefined ? {} : { oldSelf: celValue(schema, old) }),
  };
  try {
    if (programOf(rule.rule)(context) === true) {
      return [];
    }
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return [
      invalidValue(at, shown, `rule ${JSON.stringify(rule.rule)} could not be evaluated: ${why}`),
    ];
  }
  const message =
    computedMessage(rule, context) ?? rule.message?.trim() ?? `failed rule: ${rule.rule}`;
  return [faultFor(rule.reason, at, shown, message)];
}

function faultFor(
  reason: string | undefined,
  path: string,
  shown: Json,
  message: string,
): FieldError {
  switch (reason) {
    case 'FieldValueRequired':
      return requiredValue(path, message);
    case 'FieldValueForbidden':
      return forbiddenValue(path, message);
    case 'FieldValueDuplicate':
      return duplicateValue(path, shown);
    case undefined:
    default:
      return invalidValue(path, shown, message);
  }
}

/** A value as CEL reads it: integers have CEL's int type, and field names are escaped. */
function celValue(schema: Schema, value: Json): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => celValue(schema.items ?? {}, item));
  }
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        schema.properties === undefined ? key : celName(key),
        celValue(memberSchema(schema, key) ?? {}, inner ?? null),
      ]),
    );
  }
  const integer = schema.type === 'integer' || schema['x-kubernetes-int-or-string'] === true;
  return typeof value === 'number' && integer ? BigInt(value) : value;
}

/**
 * The result of `messageExpression`; undefined where the API server ignores it: when it fails, is
 * empty, too long or has several lines.
 */
function computedMessage(rule: ValidationRule, context: object): string | undefined {
  if (rule.messageExpression === undefined) {
    return undefined;
  }
  try {
    const computed: unknown = programOf(rule.messageExpression)(context);
    const message = typeof computed === 'string' ? computed.trim() : '';
    return message === '' ||
      message.includes('\n') ||
      Buffer.byteLength(message) > MAX_MESSAGE_BYTES
      ? undefined
      : message;
  } catch {
    return undefined;
  }
}
