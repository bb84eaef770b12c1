import { unavailablePolicies } from '../egress-resource.ts';
import {
  A_POOL_NAME,
  POOL_NAME_MAX_LENGTH,
  POOL_NAME_PATTERN,
  QUANTITY_PATTERN,
} from '../syntax.ts';
import { addressRules } from './address-rules.ts';
import { ipOrEmptySchema, oneOfEachFamilyRule } from './ip-schema.ts';
import { labelSelectorSchema } from './label-selector-schema.ts';
import { quoted, requiredRule, ruleFor } from './rule.ts';
import type { Schema } from './schema.ts';

/** A name or "", as for addresses. */
const poolName: Schema = {
  type: 'string',
  maxLength: POOL_NAME_MAX_LENGTH,
  'x-kubernetes-validations': [
    ruleFor({
      rule: `self == '' || self.matches('${POOL_NAME_PATTERN}')`,
      expected: A_POOL_NAME,
      got: quoted('self'),
    }),
  ],
};

const spec: Schema = {
  type: 'object',
  description: 'The Pods and the source address of their external traffic.',
  properties: {
    appliedTo: {
      type: 'object',
      description:
        'The selected Pods; required. Without any selector: none. One selector alone does not restrict the other side; two selectors both have to match. Pods in the network of their Node (hostNetwork) are never selected.',
      properties: {
        podSelector: labelSelectorSchema('Matches the labels of Pods.'),
        namespaceSelector: labelSelectorSchema('Matches the labels of the Namespaces of Pods.'),
      },
    },
    egressIP: {
      ...ipOrEmptySchema,
      description:
        'The source address of the external traffic of the Pods. Without externalIPPool, exactly one Node must have it on an interface.',
    },
    egressIPs: {
      type: 'array',
      description: 'In place of egressIP: one address for each family.',
      maxItems: 2,
      items: ipOrEmptySchema,
      'x-kubernetes-validations': [oneOfEachFamilyRule],
    },
    externalIPPool: {
      ...poolName,
      description: 'The ExternalIPPool of the address.',
    },
    externalIPPools: {
      type: 'array',
      description: 'In place of externalIPPool: one pool for each family.',
      maxItems: 2,
      items: poolName,
    },
    bandwidth: {
      type: 'object',
      description: 'The bandwidth that the Pods share.',
      properties: {
        rate: quantity('Bits per second, such as 500M.'),
        burst: quantity('Bits at once, such as 100M.'),
      },
      'x-kubernetes-validations': [
        requiredRule('rate', 'bits per second, such as 500M'),
        requiredRule('burst', 'bits at once, such as 100M'),
      ],
    },
    unavailable: {
      type: 'string',
      description:
        'The treatment of external traffic while no Node can send it from the egress IP. Drop, the default, or NodeIP: send it from the address of its own Node.',
      enum: unavailablePolicies,
    },
  },
  'x-kubernetes-validations': [
    requiredRule(
      'appliedTo',
      'an object with podSelector, namespaceSelector or both, such as {podSelector: {}} for every Pod',
    ),
    ...addressRules,
  ],
};

const status: Schema = {
  type: 'object',
  description: 'The observed state; written by the controller.',
  // Programs that wait take an object without an observed generation for a settled one.
  default: { observedGeneration: -1 },
  properties: {
    observedGeneration: {
      type: 'integer',
      format: 'int64',
      description: 'The generation that the status is about; -1 before there is one.',
    },
    selectedPods: {
      type: 'integer',
      format: 'int32',
      description: 'The number of Pods that it selects.',
    },
    egressNode: {
      type: 'string',
      description: 'The gateway: the Node that has the egress IP assigned.',
    },
    egressIP: { type: 'string', description: 'The egress IP that is assigned.' },
    egressIPs: {
      type: 'array',
      description: 'The egress IPs that are assigned.',
      items: { type: 'string' },
    },
    conditions: {
      type: 'array',
      description: 'IPAllocated, IPAssigned, Realized, Conflicted; Ready and Stalled sum them up.',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
      items: {
        type: 'object',
        required: ['type', 'status', 'reason'],
        properties: {
          type: { type: 'string' },
          status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
          lastTransitionTime: {
            type: 'string',
            format: 'date-time',
            description: 'The time of the last change of status.',
          },
          reason: { type: 'string', description: 'A word for programs.' },
          message: { type: 'string', description: 'A sentence for people.' },
          observedGeneration: {
            type: 'integer',
            format: 'int64',
            description: 'The generation that it refers to.',
          },
        },
      },
    },
  },
};

/** The structural schema of an Egress. */
export const egressSchema: Schema = {
  type: 'object',
  description: 'Gives the external traffic of selected Pods a fixed source address.',
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
    spec,
    status,
  },
  'x-kubernetes-validations': [requiredRule('spec', 'appliedTo, and an address or a pool')],
};

function quantity(description: string): Schema {
  return {
    description,
    'x-kubernetes-int-or-string': true,
    pattern: QUANTITY_PATTERN,
    minimum: 0,
  };
}
