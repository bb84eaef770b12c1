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

/** A name or "", as with addresses. */
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
  description: 'Which Pods leave the cluster with which address.',
  properties: {
    appliedTo: {
      type: 'object',
      description:
        'The Pods; required. Without any selector: none. With one selector, the other side is open; with both, both have to match. Pods in the network of their Node (hostNetwork) are never selected.',
      properties: {
        podSelector: labelSelectorSchema('Matches the labels of Pods.'),
        namespaceSelector: labelSelectorSchema('Matches the labels of the Namespaces of Pods.'),
      },
    },
    egressIP: {
      ...ipOrEmptySchema,
      description:
        'The source address of the Pods in the external network. Without externalIPPool, one Node has to have it on one of its interfaces.',
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
      description: 'The ExternalIPPool that the address is taken from.',
    },
    externalIPPools: {
      type: 'array',
      description: 'In place of externalIPPool: one pool for each family.',
      maxItems: 2,
      items: poolName,
    },
    bandwidth: {
      type: 'object',
      description: 'What the Pods together may send.',
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
        'What becomes of the external traffic while no Node can send it with the egress IP: Drop (the default), or NodeIP to send it with the address of its Node.',
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
  description: 'What has become of it; written by the controller.',
  properties: {
    egressNode: { type: 'string', description: 'The Node that holds the egress IP.' },
    egressIP: { type: 'string', description: 'The egress IP in use.' },
    egressIPs: { type: 'array', description: 'The egress IPs in use.', items: { type: 'string' } },
    conditions: {
      type: 'array',
      description: 'IPAllocated, IPAssigned, Realized and Conflicted.',
      items: {
        type: 'object',
        required: ['type', 'status'],
        properties: {
          type: { type: 'string' },
          status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
          lastTransitionTime: {
            type: 'string',
            format: 'date-time',
            description: 'When status last changed.',
          },
          reason: { type: 'string', description: 'A word for programs.' },
          message: { type: 'string', description: 'A sentence for people.' },
          observedGeneration: {
            type: 'integer',
            format: 'int64',
            description: 'The generation it is about.',
          },
        },
      },
    },
  },
};

/** The structural schema of an Egress. */
export const egressSchema: Schema = {
  type: 'object',
  description: 'Lets chosen Pods leave the cluster with a fixed source address.',
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
