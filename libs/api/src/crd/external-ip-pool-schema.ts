import { ipSchema } from './ip-schema.ts';
import { labelSelectorSchema } from './label-selector-schema.ts';
import type { Schema } from './schema.ts';

const ipRange: Schema = {
  type: 'object',
  properties: {
    cidr: { type: 'string', format: 'cidr', description: 'Every host address of it.' },
    start: { ...ipSchema, description: 'The first address.' },
    end: { ...ipSchema, description: 'The last address.' },
  },
  'x-kubernetes-validations': [
    {
      rule: 'has(self.cidr) ? !has(self.start) && !has(self.end) : has(self.start) && has(self.end)',
      message: 'a range is either cidr, or start and end',
    },
  ],
};

const spec: Schema = {
  type: 'object',
  description: 'Which addresses, and which Nodes may hold them.',
  required: ['ipRanges', 'nodeSelector'],
  properties: {
    ipRanges: { type: 'array', description: 'The addresses of the pool.', maxItems: 1000, items: ipRange },
    nodeSelector: labelSelectorSchema('Matches the labels of the Nodes that may hold an address of the pool.'),
    subnetInfo: {
      type: 'object',
      description: 'The subnet of the addresses, when it is not that of the Nodes.',
      required: ['gateway', 'prefixLength'],
      properties: {
        gateway: { ...ipSchema, description: 'The router of the subnet; never given out.' },
        prefixLength: { type: 'integer', format: 'int32', minimum: 1, maximum: 127 },
        vlan: { type: 'integer', format: 'int32', minimum: 0, maximum: 4094, description: '0 is untagged.' },
      },
    },
  },
};

/** The structural schema of an ExternalIPPool. */
export const externalIPPoolSchema: Schema = {
  type: 'object',
  description: 'Addresses that Egresses can take theirs from.',
  required: ['spec'],
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
    spec,
    status: {
      type: 'object',
      description: 'How much of it is in use; written by the controller.',
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
};
