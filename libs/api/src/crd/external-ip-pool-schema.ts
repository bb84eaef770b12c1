import { ipRangeSchema } from './ip-range-schema.ts';
import { ipSchema } from './ip-schema.ts';
import { labelSelectorSchema } from './label-selector-schema.ts';
import { decimal, requiredRule, ruleFor } from './rule.ts';
import type { Schema } from './schema.ts';

const subnetInfo: Schema = {
  type: 'object',
  description: 'The subnet of the addresses, when it differs from that of the Nodes.',
  properties: {
    gateway: { ...ipSchema, description: 'The router of the subnet; never allocated.' },
    prefixLength: { type: 'integer', format: 'int32', minimum: 1, maximum: 127 },
    vlan: {
      type: 'integer',
      format: 'int32',
      minimum: 0,
      maximum: 4094,
      description: '0 is untagged.',
    },
  },
  'x-kubernetes-validations': [
    requiredRule('gateway', 'the address of the router of the subnet'),
    requiredRule('prefixLength', 'the length of the prefix of the subnet, such as 24'),
    ruleFor(
      {
        rule: "!has(self.gateway) || !has(self.prefixLength) || !isIP(self.gateway) || self.gateway.contains(':') || self.prefixLength < 32",
        expected: 'a number from 1 to 31, as the gateway is an IPv4 address',
        got: decimal('self.prefixLength'),
      },
      { fieldPath: '.prefixLength' },
    ),
  ],
};

const subnet = `self.subnetInfo.gateway + '/' + ${decimal('self.subnetInfo.prefixLength')}`;
const hasSubnet = `has(self.subnetInfo) && has(self.subnetInfo.gateway) && has(self.subnetInfo.prefixLength) && isCIDR(${subnet})`;

const spec: Schema = {
  type: 'object',
  description: 'The addresses, and the Nodes that may have them assigned.',
  properties: {
    ipRanges: {
      type: 'array',
      description: 'The addresses of the pool; required.',
      minItems: 1,
      maxItems: 1000,
      items: ipRangeSchema,
    },
    nodeSelector: labelSelectorSchema(
      'Matches the labels of the Nodes that may have an address of the pool assigned; required.',
    ),
    subnetInfo,
  },
  'x-kubernetes-validations': [
    requiredRule('ipRanges', 'a list of ranges, each with cidr, or with start and end'),
    requiredRule('nodeSelector', 'a label selector, such as {} for every Node'),
    ruleFor(
      {
        rule: `!has(self.ipRanges) || !(${hasSubnet}) || self.ipRanges.all(range, ${isInside('range')})`,
        expected: 'ranges inside of the subnet of the gateway',
        // To name the range would cost more than the API server allows.
        got: `'some outside of ' + ${subnet}`,
      },
      { fieldPath: '.ipRanges' },
    ),
  ],
};

/** The structural schema of an ExternalIPPool. */
export const externalIPPoolSchema: Schema = {
  type: 'object',
  description: 'A pool of addresses for Egresses.',
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
    spec,
    status: {
      type: 'object',
      description: 'The use of the pool; written by the controller.',
      properties: {
        usage: {
          type: 'object',
          properties: {
            total: { type: 'integer', format: 'int64' },
            used: { type: 'integer', format: 'int64' },
          },
        },
      },
    },
  },
  'x-kubernetes-validations': [requiredRule('spec', 'ipRanges and nodeSelector')],
};

/** CEL; another rule reports texts that are not an address or a CIDR. */
function isInside(range: string): string {
  return [
    `(!has(${range}.cidr) || !isCIDR(${range}.cidr) || cidr(${subnet}).containsCIDR(${range}.cidr))`,
    ...['start', 'end'].map(
      (side) =>
        `(!has(${range}.${side}) || !isIP(${range}.${side}) || cidr(${subnet}).containsIP(${range}.${side}))`,
    ),
  ].join(' && ');
}
