import type { Json } from '../model/json.ts';
import type { Schema, ValidationRule } from '../model/schema.ts';
import { memberSchema } from '../model/schema.ts';
import type { FieldError } from '../model/status-error.ts';
import { forbiddenValue, invalidValue, unsupportedValue } from '../model/status-error.ts';
import { estimateRule } from './estimate-cost.ts';
import { typedEnvironment } from './schema-types.ts';
import { maxSize, mostOften } from './sizes.ts';

/** The budgets of one rule and of all rules of a schema (k8s.io/apiserver, pkg/apis/cel). */
const RULE_BUDGET = 10_000_000;
const SCHEMA_BUDGET = 100_000_000;

const REASONS = [
  'FieldValueDuplicate',
  'FieldValueForbidden',
  'FieldValueInvalid',
  'FieldValueRequired',
];

/** The members that every object has, as rules at the root may read them. */
const TYPE_MEMBERS: Readonly<Record<string, Schema>> = {
  apiVersion: { type: 'string' },
  kind: { type: 'string' },
  metadata: {
    type: 'object',
    properties: { name: { type: 'string' }, generateName: { type: 'string' } },
  },
};

/**
 * The faults of every CEL rule of a schema at `root`: compiled with types, and held to the cost
 * budgets.
 */
export function ruleFaults(schema: Schema, root: string): FieldError[] {
  const checker = new RuleChecker();
  checker.check(schema, root, 1, true);
  return [...checker.faults, ...checker.totalFaults(root)];
}

class RuleChecker {
  readonly faults: FieldError[] = [];
  readonly #costs: { readonly path: string; readonly cost: number }[] = [];

  /** `times`: how often a value of this schema can occur; undefined when no limit is declared. */
  check(schema: Schema, path: string, times: number | undefined, isResource: boolean): void {
    const rules = schema['x-kubernetes-validations'] ?? [];
    const self = isResource
      ? { ...schema, properties: { ...schema.properties, ...TYPE_MEMBERS } }
      : schema;
    rules.forEach((rule, index) => {
      const at = `${path}.x-kubernetes-validations[${String(index)}]`;
      this.#checkExpressions(rule, self, at, times ?? mostOften(schema));
      this.faults.push(...ruleFieldFaults(rule, schema, at));
    });
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      const embedded = property['x-kubernetes-embedded-resource'] === true;
      this.check(property, `${path}.properties[${name}]`, times, embedded);
    }
    if (schema.items !== undefined) {
      this.check(schema.items, `${path}.items`, within(times, schema, schema.maxItems), false);
    }
    if (typeof schema.additionalProperties === 'object') {
      const inner = within(times, schema, schema.maxProperties);
      this.check(schema.additionalProperties, `${path}.additionalProperties`, inner, false);
    }
  }

  /** The faults of all rules together. */
  totalFaults(root: string): FieldError[] {
    const total = this.#costs.reduce((sum, { cost }) => sum + cost, 0);
    if (total <= SCHEMA_BUDGET) {
      return [];
    }
    const dearest = [...this.#costs].sort((one, two) => two.cost - one.cost).slice(0, 4);
    return [
      ...dearest.map(({ path }) =>
        forbiddenValue(
          path,
          'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema',
        ),
      ),
      forbiddenValue(
        root,
        overBudget(
          'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema',
          total / SCHEMA_BUDGET,
        ),
      ),
    ];
  }

  #checkExpressions(rule: ValidationRule, self: Schema, at: string, times: number): void {
    const environment = typedEnvironment(self, rule.optionalOldSelf === true);
    for (const member of ['rule', 'messageExpression'] as const) {
      const expression = rule[member];
      if (expression === undefined) {
        continue;
      }
      const path = `${at}.${member}`;
      try {
        const program = environment.parse(expression);
        const { cost, undefinedField } = estimateRule(program.ast, self);
        const why = compileFault(program.check(), undefinedField, member);
        if (why !== undefined) {
          this.faults.push(invalidValue(path, goRule(rule), why));
          continue;
        }
        this.#charge(path, member, cost * times);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        this.faults.push(invalidValue(path, goRule(rule), `compilation failed: ${why}`));
      }
    }
  }

  #charge(path: string, member: 'rule' | 'messageExpression', cost: number): void {
    this.#costs.push({ path, cost });
    if (cost > RULE_BUDGET) {
      const subject = `estimated ${member} cost`;
      this.faults.push(forbiddenValue(path, overBudget(subject, cost / RULE_BUDGET)));
    }
  }
}

function within(
  times: number | undefined,
  schema: Schema,
  limit: number | undefined,
): number | undefined {
  return times === undefined || limit === undefined ? undefined : times * maxSize(schema);
}

function compileFault(
  result: {
    readonly valid: boolean;
    readonly type?: string;
    readonly error?: { readonly message: string };
  },
  undefinedField: string | undefined,
  member: 'rule' | 'messageExpression',
): string | undefined {
  if (!result.valid) {
    return `compilation failed: ${result.error?.message ?? 'invalid expression'}`;
  }
  if (undefinedField !== undefined) {
    return `compilation failed: undefined field '${undefinedField}'`;
  }
  if (member === 'rule') {
    return result.type === 'bool' ? undefined : 'cel expression must evaluate to a bool';
  }
  return result.type === 'string' ? undefined : 'messageExpression must evaluate to a string';
}

function ruleFieldFaults(rule: ValidationRule, schema: Schema, at: string): FieldError[] {
  const faults: FieldError[] = [];
  if (rule.reason !== undefined && !REASONS.includes(rule.reason)) {
    faults.push(unsupportedValue(`${at}.reason`, rule.reason, REASONS));
  }
  if (rule.fieldPath !== undefined && !namesField(schema, rule.fieldPath)) {
    faults.push(invalidValue(`${at}.fieldPath`, rule.fieldPath, 'must be a valid path'));
  }
  if (rule.message?.includes('\n') === true) {
    faults.push(
      invalidValue(`${at}.message`, rule.message, 'message must not contain line breaks'),
    );
  }
  return faults;
}

/** Whether `.a.b` or `['a']` leads to a field of a schema. */
function namesField(schema: Schema, path: string): boolean {
  const steps = path.match(/\.[^.[\]]+|\['[^']+'\]/g) ?? [];
  if (steps.length === 0 || steps.join('') !== path) {
    return false;
  }
  let at: Schema | undefined = schema;
  for (const step of steps) {
    const name = step.startsWith('.') ? step.slice(1) : step.slice(2, -2);
    at = at === undefined ? undefined : memberSchema(at, name);
  }
  return at !== undefined;
}

function overBudget(subject: string, factor: number): string {
  const times = factor > 100 ? 'more than 100x' : `${factor.toFixed(1)}x`;
  return `${subject} exceeds budget by factor of ${times} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}

/** A rule as Go prints it. */
function goRule(rule: ValidationRule): Json {
  return {
    Rule: rule.rule,
    Message: rule.message ?? '',
    MessageExpression: rule.messageExpression ?? '',
    Reason: rule.reason ?? null,
    FieldPath: rule.fieldPath ?? '',
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  };
}
