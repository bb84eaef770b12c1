import type { Json } from '../model/json.ts';
import { kubeObjectFrom } from '../model/kube-object.ts';
import type { Schema } from './schema.ts';
import { validateSchema } from './validate-schema.ts';

const faultsOf = (spec: Schema, value: Json, old?: Json): string[] => {
  const object = (of: Json): ReturnType<typeof kubeObjectFrom> =>
    kubeObjectFrom({ metadata: { name: 'x' }, spec: of }, 'v1', 'X');
  const faults = validateSchema(
    { type: 'object', properties: { spec } },
    object(value),
    old === undefined ? undefined : object(old),
  );
  return faults.map(({ field, message }) => `${field}: ${message}`);
};

const oneOf: Schema = {
  type: 'object',
  properties: { cidr: { type: 'string' }, start: { type: 'string' }, end: { type: 'string' } },
  oneOf: [{ required: ['cidr'] }, { required: ['start', 'end'] }],
};

describe('validateSchema words faults as the API server does', () => {
  const cases: readonly (readonly [string, Schema, Json, readonly string[]])[] = [
    ['a value that fits', { type: 'string', format: 'ipv4' }, '10.0.0.1', []],
    ['null where it is allowed', { type: 'string', nullable: true }, null, []],
    ['a number for an int-or-string', { 'x-kubernetes-int-or-string': true }, 5, []],
    ['a format that is not checked', { type: 'string', format: 'colour' }, 'x', []],
    [
      'null where it is not allowed',
      { type: 'string' },
      null,
      ['spec: Invalid value: "null": spec in body must be of type string: "null"'],
    ],
    [
      'a number for a string',
      { type: 'string' },
      1.5,
      ['spec: Invalid value: "number": spec in body must be of type string: "number"'],
    ],
    [
      'a number for a string with a format',
      { type: 'string', format: 'ipv4' },
      5,
      ['spec: Invalid value: "int64": spec in body must be of type ipv4: "int64"'],
    ],
    [
      'a truth value for a string with a format',
      { type: 'string', format: 'ipv4' },
      true,
      ['spec: Invalid value: "": spec in body must be of type ipv4: ""'],
    ],
    [
      'a bad IPv6 address',
      { type: 'string', format: 'ipv6' },
      '10.0.0.1',
      ['spec: Invalid value: "10.0.0.1": spec in body must be of type ipv6: "10.0.0.1"'],
    ],
    [
      'a CIDR with too long a prefix',
      { type: 'string', format: 'cidr' },
      '10.0.0.0/33',
      ['spec: Invalid value: "10.0.0.0/33": spec in body must be of type cidr: "10.0.0.0/33"'],
    ],
    [
      'a list too short',
      { type: 'array', minItems: 2, items: { type: 'string' } },
      ['a'],
      ['spec: Invalid value: 1: spec in body should have at least 2 items'],
    ],
    [
      'an object too small',
      { type: 'object', minProperties: 1 },
      {},
      ['spec: Invalid value: 0: spec in body should have at least 1 properties'],
    ],
    [
      'an exclusive limit',
      { type: 'integer', minimum: 0, exclusiveMinimum: true },
      0,
      ['spec: Invalid value: 0: spec in body should be greater than 0'],
    ],
    [
      'an entry of a map, and a position in a list',
      { type: 'object', additionalProperties: { type: 'array', items: { type: 'integer' } } },
      { '0': [1, 'x'] },
      ['spec.0[1]: Invalid value: "string": spec.0[1] in body must be of type integer: "string"'],
    ],
    [
      'no alternative: the faults of the closest one too',
      oneOf,
      {},
      [
        'spec.cidr: Required value',
        'spec: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found none valid',
      ],
    ],
    [
      'no alternative of any',
      { type: 'object', properties: { a: {}, b: {} }, anyOf: [{ required: ['a'] }, { required: ['b'] }] },
      {},
      ['spec.a: Required value', 'spec: Invalid value: "": "spec" must validate at least one schema (anyOf)'],
    ],
    [
      'what must not be',
      { type: 'string', not: { enum: ['root'] } },
      'root',
      ['spec: Invalid value: "": "spec" must not validate the schema (not)'],
    ],
    [
      'an item that a set has twice',
      { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
      ['a', 'b', 'a'],
      ['spec[2]: Duplicate value: "a"'],
    ],
    [
      'a key that a list has twice',
      {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['type'],
        items: { type: 'object', properties: { type: { type: 'string' } } },
      },
      [{ type: 'Ready' }, { type: 'Ready' }],
      ['spec[1]: Duplicate value: {"type":"Ready"}'],
    ],
  ];

  it.each(cases)('%s', (_name, schema, value, faults) => {
    expect(faultsOf(schema, value).sort()).toEqual([...faults].sort());
  });
});

describe('rules', () => {
  const rules = (...written: readonly string[]): Pick<Schema, 'x-kubernetes-validations'> => ({
    'x-kubernetes-validations': written.map((rule) => ({ rule, message: `failed: ${rule}` })),
  });
  const cases: readonly (readonly [string, Schema, Json, Json | undefined, number])[] = [
    ['an address of either family', { type: 'string', ...rules('isIP(self)') }, 'fd00::1', undefined, 0],
    ['a text that is no address', { type: 'string', ...rules('isIP(self)') }, 'fd00:', undefined, 1],
    ['the family of an address', { type: 'string', ...rules('ip(self).family() == 4') }, 'fd00::1', undefined, 1],
    ['a prefix length', { type: 'string', ...rules('cidr(self).prefixLength() <= 24') }, '10.0.0.0/25', undefined, 1],
    ['integers compare as such', { type: 'integer', ...rules('self % 2 == 0') }, 4, undefined, 0],
    [
      'has() of a member',
      { type: 'object', properties: { a: { type: 'string' } }, ...rules('has(self.a)') },
      {},
      undefined,
      1,
    ],
    [
      'a rule inside of a list',
      { type: 'array', items: { type: 'integer', ...rules('self > 1') } },
      [1, 2, 0],
      undefined,
      2,
    ],
    ['a transition of a new object', { type: 'string', ...rules('self == oldSelf') }, 'a', undefined, 0],
    ['a transition that is not allowed', { type: 'string', ...rules('self == oldSelf') }, 'a', 'b', 1],
  ];

  it.each(cases)('%s', (_name, schema, value, old, count) => {
    const faults = faultsOf(schema, value, old);
    expect(faults).toHaveLength(count);
    for (const fault of faults) expect(fault).toContain('failed: ');
  });
});
