import { labelOperators } from '../label-selector.ts';
import {
  A_LABEL_KEY,
  LABEL_KEY_MAX_LENGTH,
  LABEL_KEY_PATTERN,
  LABEL_VALUE_MAX_LENGTH,
  LABEL_VALUE_PATTERN,
} from '../syntax.ts';
import { quoted, requiredRule, ruleFor } from './rule.ts';
import type { Rule, Schema } from './schema.ts';

const value: Schema = {
  type: 'string',
  maxLength: LABEL_VALUE_MAX_LENGTH,
  pattern: LABEL_VALUE_PATTERN,
};

const matchLabels: Schema = {
  type: 'object',
  description: 'Labels with exactly these values.',
  maxProperties: 1000,
  additionalProperties: value,
  'x-kubernetes-validations': [
    // The keys of an object have no schema in a CustomResourceDefinition.
    ruleFor({
      rule: `self.all(key, ${isKey('key')})`,
      expected: A_LABEL_KEY,
      got: quoted(`self.filter(key, !(${isKey('key')}))[0]`),
    }),
  ],
};

/** The values have to suit the operator. */
const valuesRules: readonly Rule[] = [
  {
    rule: `!(${operatorIn("'In', 'NotIn'")}) || (has(self.values) && size(self.values) > 0)`,
    message: 'expected one value at least when operator is In or NotIn, got none',
    messageExpression:
      "'expected one value at least, as the operator is ' + self.operator + ', got none'",
    reason: 'FieldValueRequired',
    fieldPath: '.values',
  },
  {
    rule: `!(${operatorIn("'Exists', 'DoesNotExist'")}) || !has(self.values) || size(self.values) == 0`,
    message:
      'expected no values when operator is Exists or DoesNotExist: use In or NotIn to compare values',
    messageExpression: `'expected no values, as the operator is ' + self.operator + ', got ' + ${quoted('self.values[0]')} + (size(self.values) > 1 ? ' and more' : '')`,
    reason: 'FieldValueForbidden',
    fieldPath: '.values',
  },
];

const requirement: Schema = {
  type: 'object',
  properties: {
    key: {
      type: 'string',
      description: 'The key of the label.',
      maxLength: LABEL_KEY_MAX_LENGTH,
      pattern: LABEL_KEY_PATTERN,
    },
    operator: {
      type: 'string',
      description:
        'How the label relates to the values. Objects without the label match NotIn and DoesNotExist.',
      enum: labelOperators,
    },
    values: {
      type: 'array',
      description: 'One value at least for In and NotIn; none for Exists and DoesNotExist.',
      items: value,
    },
  },
  'x-kubernetes-validations': [
    requiredRule('key', 'the key of a label'),
    requiredRule('operator', `one of ${labelOperators.join(', ')}`),
    ...valuesRules,
  ],
};

/** metav1.LabelSelector. @param description the objects that it selects */
export function labelSelectorSchema(description: string): Schema {
  return {
    type: 'object',
    description: `${description} An empty selector matches everything.`,
    properties: {
      matchLabels,
      matchExpressions: {
        type: 'array',
        description: 'Requirements, all of which have to be met.',
        maxItems: 100,
        items: requirement,
      },
    },
  };
}

function isKey(text: string): string {
  return `size(${text}) <= ${LABEL_KEY_MAX_LENGTH} && ${text}.matches('${LABEL_KEY_PATTERN.replaceAll('\\', '\\\\')}')`;
}

function operatorIn(operators: string): string {
  return `has(self.operator) && self.operator in [${operators}]`;
}
