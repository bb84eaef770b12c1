import type { Rule } from './schema.ts';

interface Expectation {
  /** CEL that holds for a good value. */
  readonly rule: string;
  /** What has to be there. In single quotes in CEL, so it must not contain any. */
  readonly expected: string;
  /** CEL for the text of what is there. */
  readonly got: string;
}

/**
 * A rule whose message tells the value too: `Invalid value: "string"`, as Kubernetes writes before
 * 1.35, does not. Where `got` has a line break, the API server falls back to `message`.
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
 * In place of `required`, which says nothing of what is expected and keeps the API server from
 * evaluating the rules.
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
 * CEL for a list of up to two texts, as in JSON. The API server has no bound for what join() gives,
 * and refuses it for its cost.
 */
export function listed(list: string): string {
  return `(size(${list}) == 0 ? '[]' : '[' + ${quoted(`${list}[0]`)} + (size(${list}) > 1 ? ', ' + ${quoted(`${list}[1]`)} : '') + ']')`;
}

/** CEL for a text in double quotes. */
export function quoted(text: string): string {
  return `'"' + ${text} + '"'`;
}

/** CEL for the text of a number below 200, which has a bound; that of string() has none. */
export function decimal(number: string): string {
  return `(${number} < 100 ? '' : '1') + (${number} < 10 ? '' : ${digit(`${number} / 10`)}) + ${digit(number)}`;
}

function digit(number: string): string {
  return `['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'][${number} % 10]`;
}
