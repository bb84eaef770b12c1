import { BlockList, isIP as familyOf } from 'node:net';
import { Environment } from '@marcbachmann/cel-js';
import type { Json } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { FieldError } from '../model/status-error.ts';
import {
  duplicateValue,
  forbiddenValue,
  invalidValue,
  requiredValue,
} from '../model/status-error.ts';
import { itemElement, listKind } from '../patch/list-kind.ts';
import { isCIDR } from './formats.ts';
import type { Schema, ValidationRule } from './schema.ts';
import { joinPath, memberSchema } from './schema.ts';

const mapped = new BlockList();
mapped.addSubnet('::ffff:0.0.0.0', 96, 'ipv6');

class IpAddress {
  readonly text: string;

  constructor(text: string) {
    if (!isIP(text)) {
      throw new Error(`IP Address ${JSON.stringify(text)} parse error`);
    }
    this.text = text;
  }
}

class Cidr {
  readonly text: string;

  constructor(text: string) {
    if (!isCIDR(text)) {
      throw new Error(`network address parse error: ${JSON.stringify(text)}`);
    }
    this.text = text;
  }
}

/**
 * CEL as the API server has it, with what our rules use of the IP and CIDR library of Kubernetes.
 */
const environment = new Environment({ unlistedVariablesAreDyn: false, enableOptionalTypes: true })
  .registerVariable('self', 'dyn')
  .registerVariable('oldSelf', 'dyn')
  .registerType('net.IP', IpAddress)
  .registerType('net.CIDR', Cidr)
  .registerFunction('isIP(string): bool', isIP)
  .registerFunction('isCIDR(string): bool', isCIDR)
  .registerFunction('ip(string): net.IP', (text: string) => new IpAddress(text))
  .registerFunction('cidr(string): net.CIDR', (text: string) => new Cidr(text))
  .registerFunction('net.IP.family(): int', (ip: IpAddress) => family(ip.text))
  .registerFunction('net.CIDR.containsIP(string): bool', containsIP)
  .registerFunction('net.CIDR.containsCIDR(string): bool', containsCIDR)
  .registerFunction(
    'net.CIDR.ip(): net.IP',
    (cidr: Cidr) => new IpAddress(cidr.text.split('/')[0] ?? ''),
  )
  .registerFunction('net.CIDR.prefixLength(): int', (cidr: Cidr) =>
    BigInt(cidr.text.split('/')[1] ?? ''),
  );

/** k8s.io/apiserver, pkg/apis/cel/config.go. */
const MAX_MESSAGE_BYTES = 5 * 1024;

type Program = ReturnType<typeof environment.parse>;
const programs = new Map<string, Program>();

/** Why a rule of a CustomResourceDefinition can't be used; undefined when it can. */
export function ruleFault(expression: string): string | undefined {
  try {
    const result = programOf(expression).check();
    return result.valid
      ? undefined
      : `compilation failed: ${result.error?.message ?? 'invalid expression'}`;
  } catch (error) {
    return `compilation failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

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
    const kind = listKind(schema);
    const before = kind.type === 'map' && Array.isArray(old) ? old : [];
    value.forEach((item, index) => {
      const same = before.find(
        (other) => itemElement(kind, schema, other) === itemElement(kind, schema, item),
      );
      faults.push(...validateRules(items, item, same, joinPath(path, index)));
    });
  }
  return faults;
}

/**
 * Unlike Node.js, Kubernetes takes neither zones nor IPv4-mapped addresses (k8s.io/apiserver,
 * pkg/cel/library/ip.go).
 */
function isIP(text: string): boolean {
  const family = familyOf(text);
  return family === 4 || (family === 6 && !text.includes('%') && !mapped.check(text, 'ipv6'));
}

function family(text: string): bigint {
  return BigInt(familyOf(text));
}

function containsIP(cidr: Cidr, text: string): boolean {
  const ip = new IpAddress(text);
  return (
    typeOf(ip.text) === typeOf(cidr.text.split('/')[0] ?? '') &&
    blockOf(cidr).check(ip.text, typeOf(ip.text))
  );
}

function typeOf(address: string): 'ipv4' | 'ipv6' {
  return familyOf(address) === 4 ? 'ipv4' : 'ipv6';
}

/**
 * The addresses of a CIDR. Node.js sees IPv4 addresses in IPv6 ones, so each list has the addresses
 * of one family only.
 */
function blockOf({ text }: Cidr): BlockList {
  const [address = '', length = ''] = text.split('/');
  const block = new BlockList();
  block.addSubnet(address, Number(length), typeOf(address));
  return block;
}

function containsCIDR(cidr: Cidr, text: string): boolean {
  const [address = '', length = ''] = new Cidr(text).text.split('/');
  return Number(length) >= Number(cidr.text.split('/')[1]) && containsIP(cidr, address);
}

function programOf(expression: string): Program {
  let program = programs.get(expression);
  if (program === undefined) {
    program = environment.parse(expression);
    programs.set(expression, program);
  }
  return program;
}

function evaluate(
  rule: ValidationRule,
  schema: Schema,
  value: Json,
  old: Json | undefined,
  path: string,
): FieldError[] {
  // Rules about a transition say nothing of objects that are new.
  if (/\boldSelf\b/.test(rule.rule) && old === undefined) {
    return [];
  }
  const at = `${path}${rule.fieldPath ?? ''}`.replace(/^\./, '');
  const shown = schema.type ?? 'object';
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
  if (rule.reason === 'FieldValueRequired') {
    return [requiredValue(at, message)];
  }
  if (rule.reason === 'FieldValueForbidden') {
    return [forbiddenValue(at, message)];
  }
  if (rule.reason === 'FieldValueDuplicate') {
    return [duplicateValue(at, shown)];
  }
  return [invalidValue(at, shown, message)];
}

/** A value as CEL sees it: integers are of CEL's int type. */
function celValue(schema: Schema, value: Json): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => celValue(schema.items ?? {}, item));
  }
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        celValue(memberSchema(schema, key) ?? {}, inner ?? null),
      ]),
    );
  }
  const integer = schema.type === 'integer' || schema['x-kubernetes-int-or-string'] === true;
  return typeof value === 'number' && integer ? BigInt(value) : value;
}

/**
 * What `messageExpression` gives, unless the API server would leave it aside: when it fails, is
 * empty, too long or several lines.
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
