import { labelOperators } from '../label-selector.ts';
import {
  LABEL_KEY_MAX_LENGTH,
  LABEL_KEY_PATTERN,
  LABEL_VALUE_MAX_LENGTH,
  LABEL_VALUE_PATTERN,
} from '../label-syntax.ts';
import type { Schema } from './schema.ts';

const value: Schema = { type: 'string', maxLength: LABEL_VALUE_MAX_LENGTH, pattern: LABEL_VALUE_PATTERN };

/** metav1.LabelSelector. @param description what it selects. */
export const labelSelectorSchema = (description: string): Schema => ({
  type: 'object',
  description: `${description} An empty selector matches everything.`,
  properties: {
    matchLabels: {
      type: 'object',
      description: 'Labels with exactly these values.',
      additionalProperties: value,
    },
    matchExpressions: {
      type: 'array',
      description: 'Requirements, all of which have to be met.',
      maxItems: 100,
      items: {
        type: 'object',
        required: ['key', 'operator'],
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
              'How the label relates to the values. NotIn and DoesNotExist are met by objects without the label.',
            enum: labelOperators,
          },
          values: {
            type: 'array',
            description: 'One value at least for In and NotIn; none for Exists and DoesNotExist.',
            items: value,
          },
        },
        'x-kubernetes-validations': [
          {
            rule: "!(self.operator in ['In', 'NotIn']) || (has(self.values) && size(self.values) > 0)",
            message: 'values must name one value at least when operator is In or NotIn',
          },
          {
            rule: "!(self.operator in ['Exists', 'DoesNotExist']) || !has(self.values) || size(self.values) == 0",
            message: 'values must be empty when operator is Exists or DoesNotExist: use In or NotIn to compare values',
          },
        ],
      },
    },
  },
});
