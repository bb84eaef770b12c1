import { Environment } from '@marcbachmann/cel-js';
import { isIP } from 'node:net';
import type { Json } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { FieldError } from '../model/status-error.ts';
import { invalidValue } from '../model/status-error.ts';
import { itemElement, listKind } from '../patch/list-kind.ts';
import { isCIDR } from './formats.ts';
import type { Schema, ValidationRule } from './schema.ts';
import { joinPath, memberSchema } from './schema.ts';

class IpAddress {
  readonly text: string;

  constructor(text: string) {
    if (isIP(text) === 0) throw new Error(`IP Address ${JSON.stringify(text)} parse error`);
    this.text = text;
  }
}

class Cidr {
  readonly text: string;

  constructor(text: string) {
    if (!isCIDR(text)) throw new Error(`network address parse error: ${JSON.stringify(text)}`);
    this.text = text;
  }
}

const family = (text: string): bigint => BigInt(isIP(text));

/** CEL as the API server has it, with the IP and CIDR library of Kubernetes as far as `isIP`, `isCIDR`, `family` and `prefixLength`. */
const environment = new Environment({ unlistedVariablesAreDyn: false, enableOptionalTypes: true })
  .registerVariable('self', 'dyn')
  .registerVariable('oldSelf', 'dyn')
  .registerType('net.IP', IpAddress)
  .registerType('net.CIDR', Cidr)
  .registerFunction('isIP(string): bool', (text: string) => isIP(text) !== 0)
  .registerFunction('isCIDR(string): bool', isCIDR)
  .registerFunction('ip(string): net.IP', (text: string) => new IpAddress(text))
  .registerFunction('cidr(string): net.CIDR', (text: string) => new Cidr(text))
  .registerFunction('net.IP.family(): int', (ip: IpAddress) => family(ip.text))
  .registerFunction('net.CIDR.ip(): net.IP', (cidr: Cidr) => new IpAddress(cidr.text.split('/')[0] ?? ''))
  .registerFunction('net.CIDR.prefixLength(): int', (cidr: Cidr) => BigInt(cidr.text.split('/')[1] ?? ''));

type Program = ReturnType<typeof environment.parse>;
const programs = new Map<string, Program>();

function programOf(expression: string): Program {
  let program = programs.get(expression);
  if (program === undefined) {
    program = environment.parse(expression);
    programs.set(expression, program);
  }
  return program;
}

/** Why a rule of a CustomResourceDefinition can't be used; undefined when it can. */
export function ruleFault(expression: string): string | undefined {
  try {
    const result = programOf(expression).check();
    return result.valid ? undefined : `compilation failed: ${result.error?.message ?? 'invalid expression'}`;
  } catch (error) {
    return `compilation failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Evaluates every `x-kubernetes-validations` rule of a schema on an object; `old` is its state before an update. */
export function validateRules(schema: Schema, value: Json | undefined, old: Json | undefined, path = ''): FieldError[] {
  if (value === undefined || value === null) return [];
  const faults = (schema['x-kubernetes-validations'] ?? []).flatMap((rule) => evaluate(rule, schema, value, old, path));
  if (isObject(value)) {
    const before = isObject(old) ? old : {};
    for (const [key, inner] of Object.entries(value)) {
      const member = memberSchema(schema, key);
      if (member !== undefined) faults.push(...validateRules(member, inner, before[key], joinPath(path, key)));
    }
  }
  const { items } = schema;
  if (Array.isArray(value) && items !== undefined) {
    const kind = listKind(schema);
    const before = kind.type === 'map' && Array.isArray(old) ? old : [];
    value.forEach((item, index) => {
      const same = before.find((other) => itemElement(kind, schema, other) === itemElement(kind, schema, item));
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
  // Rules about a transition say nothing of objects that are new.
  if (/\boldSelf\b/.test(rule.rule) && old === undefined) return [];
  const at = `${path}${rule.fieldPath ?? ''}`.replace(/^\./, '');
  const shown = schema.type ?? 'object';
  const context = { self: celValue(schema, value), ...(old === undefined ? {} : { oldSelf: celValue(schema, old) }) };
  try {
    if (programOf(rule.rule)(context) === true) return [];
    const computed: unknown =
      rule.messageExpression === undefined ? undefined : programOf(rule.messageExpression)(context);
    const message = typeof computed === 'string' ? computed : (rule.message ?? `failed rule: ${rule.rule}`);
    return [{ ...invalidValue(at, shown, message), ...(isReason(rule.reason) ? { reason: rule.reason } : {}) }];
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return [invalidValue(at, shown, `rule ${JSON.stringify(rule.rule)} could not be evaluated: ${why}`)];
  }
}

function isReason(reason: string | undefined): reason is FieldError['reason'] {
  return ['FieldValueInvalid', 'FieldValueForbidden', 'FieldValueRequired', 'FieldValueDuplicate'].includes(
    reason ?? '',
  );
}

/** A value as CEL sees it: integers are of CEL's int type. */
function celValue(schema: Schema, value: Json): unknown {
  if (Array.isArray(value)) return value.map((item) => celValue(schema.items ?? {}, item));
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, celValue(memberSchema(schema, key) ?? {}, inner ?? null)]),
    );
  }
  const integer = schema.type === 'integer' || schema['x-kubernetes-int-or-string'] === true;
  return typeof value === 'number' && integer ? BigInt(value) : value;
}
