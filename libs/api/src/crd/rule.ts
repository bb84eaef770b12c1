import type { Rule } from './schema.ts';

interface Expectation {
  /** CEL that is true for a valid value. */
  readonly rule: string;
  /** A noun for the valid values. In single quotes in CEL, so it must not contain any. */
  readonly expected: string;
  /** CEL for the text of the present value. */
  readonly got: string;
}

/**
 * A rule whose message contains the value: before 1.35, Kubernetes writes only `Invalid value:
 * "string"`. Where `got` has a line break, the API server falls back to `message`.
 */
export function ruleFor(
  { rule, expected, got }: Expectation,
  more: Pick<Rule, 'reason' | 'fieldPath'> = {},
): Rule {
  return {
    rule,
    message: `expected ${expected}`,
    messageExpression: `'expected ${expected}, got ' + ${got}`,
    ...more,
  };
}

/**
 * Replaces `required`, whose message names no expectation, and with which the API server skips all
 * rules when a field is missing.
 */
export function requiredRule(field: string, expected: string): Rule {
  return {
    rule: `has(self.${field})`,
    message: `expected ${expected}, got none`,
    reason: 'FieldValueRequired',
    fieldPath: `.${field}`,
  };
}

/**
 * CEL for a list of up to two texts, as in JSON. The result of join() has no bound, so the API
 * server refuses it for its cost.
 */
export function jsonList(list: string): string {
  return `(size(${list}) == 0 ? '[]' : '[' + ${quoted(`${list}[0]`)} + (size(${list}) > 1 ? ', ' + ${quoted(`${list}[1]`)} : '') + ']')`;
}

/** CEL for a text in double quotes. */
export function quoted(text: string): string {
  return `'"' + ${text} + '"'`;
}

/** CEL for the text of a number below 200. Its length is bounded, that of string() is not. */
export function decimal(number: string): string {
  return `(${number} < 100 ? '' : '1') + (${number} < 10 ? '' : ${digit(`${number} / 10`)}) + ${digit(number)}`;
}

function digit(number: string): string {
  return `['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'][${number} % 10]`;
}
