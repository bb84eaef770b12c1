import type { Json } from '../model/json.ts';
import { kubeObjectFrom } from '../model/kube-object.ts';
import type { Schema, ValidationRule } from '../model/schema.ts';
import { validateSchema } from './validate-schema.ts';

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
      {
        type: 'object',
        properties: { a: {}, b: {} },
        anyOf: [{ required: ['a'] }, { required: ['b'] }],
      },
      {},
      [
        'spec.a: Required value',
        'spec: Invalid value: "": "spec" must validate at least one schema (anyOf)',
      ],
    ],
    [
      'a forbidden value',
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
    [
      'an address of either family',
      { type: 'string', ...rules('isIP(self)') },
      'fd00::1',
      undefined,
      0,
    ],
    [
      'a text that is no address',
      { type: 'string', ...rules('isIP(self)') },
      'fd00:',
      undefined,
      1,
    ],
    [
      'an address with a zone',
      { type: 'string', ...rules('isIP(self)') },
      'fe80::1%eth0',
      undefined,
      1,
    ],
    [
      'an IPv4 address in IPv6',
      { type: 'string', ...rules('isIP(self)') },
      '::ffff:a00:1',
      undefined,
      1,
    ],
    [
      'an IPv6 address with an IPv4 part',
      { type: 'string', ...rules('isIP(self)') },
      '64:ff9b::1.2.3.4',
      undefined,
      0,
    ],
    [
      'the family of an address',
      { type: 'string', ...rules('ip(self).family() == 4') },
      'fd00::1',
      undefined,
      1,
    ],
    [
      'a prefix length',
      { type: 'string', ...rules('cidr(self).prefixLength() <= 24') },
      '10.0.0.0/25',
      undefined,
      1,
    ],
    ...(
      [
        ["cidr('10.0.0.9/24').containsIP(self)", '10.0.0.255', 0],
        ["cidr('10.0.0.9/24').containsIP(self)", '10.0.1.0', 1],
        ["cidr('::/0').containsIP(self)", '10.0.0.1', 1],
        ["cidr('fd00::/16').containsIP(self)", 'fd00:1::', 0],
        ["cidr('10.0.0.0/24').containsCIDR(self)", '10.0.0.128/25', 0],
        ["cidr('10.0.0.0/24').containsCIDR(self)", '10.0.0.0/24', 0],
        ["cidr('10.0.0.0/24').containsCIDR(self)", '10.0.0.0/23', 1],
      ] as const
    ).map(
      ([rule, value, count]) =>
        [
          `${rule} of ${value}`,
          { type: 'string', ...rules(rule) },
          value,
          undefined,
          count,
        ] as const,
    ),
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
    [
      'a transition of a new object',
      { type: 'string', ...rules('self == oldSelf') },
      'a',
      undefined,
      0,
    ],
    [
      'a transition that is not allowed',
      { type: 'string', ...rules('self == oldSelf') },
      'a',
      'b',
      1,
    ],
  ];

  it.each(cases)('%s', (_name, schema, value, old, count) => {
    const faults = faultsOf(schema, value, old);
    expect(faults).toHaveLength(count);
    for (const fault of faults) {
      expect(fault).toContain('failed: ');
    }
  });
});

describe('the fault of a rule', () => {
  const ruled = (rule: Omit<ValidationRule, 'rule'>): Schema => ({
    type: 'object',
    properties: { a: { type: 'string' } },
    'x-kubernetes-validations': [{ rule: "!has(self.a) || self.a == ''", ...rule }],
  });
  const notChecked =
    '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';
  const cases: readonly (readonly [string, Schema, Json, readonly string[]])[] = [
    [
      'tells the type, not the value',
      ruled({ message: 'no' }),
      { a: 'b' },
      ['spec: Invalid value: "object": no'],
    ],
    [
      'tells the rule when there is no message',
      ruled({}),
      { a: 'b' },
      [`spec: Invalid value: "object": failed rule: !has(self.a) || self.a == ''`],
    ],
    [
      'has the computed message',
      ruled({ message: 'no', messageExpression: "'not ' + self.a + ' '" }),
      { a: 'b' },
      ['spec: Invalid value: "object": not b'],
    ],
    [
      'has the other message when the computed one fails',
      ruled({ message: 'no', messageExpression: 'self.b' }),
      { a: 'b' },
      ['spec: Invalid value: "object": no'],
    ],
    [
      'has the other message when the computed one has several lines',
      ruled({ message: 'no', messageExpression: 'self.a' }),
      { a: 'b\nc' },
      ['spec: Invalid value: "object": no'],
    ],
    [
      'has the other message when the computed one is too long',
      ruled({ message: 'no', messageExpression: 'self.a' }),
      { a: 'b'.repeat(6000) },
      ['spec: Invalid value: "object": no'],
    ],
    [
      'is about a field below, and in the words of its reason',
      ruled({ message: 'no', fieldPath: '.a', reason: 'FieldValueForbidden' }),
      { a: 'b' },
      ['spec.a: Forbidden: no'],
    ],
    [
      'says that something is missing',
      ruled({ message: 'give b', fieldPath: '.b', reason: 'FieldValueRequired' }),
      { a: 'b' },
      ['spec.b: Required value: give b'],
    ],
    [
      'stands beside that of a pattern',
      { ...ruled({ message: 'no' }), properties: { a: { type: 'string', pattern: '^c$' } } },
      { a: 'b' },
      [
        `spec.a: Invalid value: "b": spec.a in body should match '^c$'`,
        'spec: Invalid value: "object": no',
      ],
    ],
    [
      'is not looked for in a value of another type',
      ruled({ message: 'no' }),
      { a: 1 },
      [
        'spec.a: Invalid value: "integer": spec.a in body must be of type string: "integer"',
        notChecked,
      ],
    ],
    [
      'is not looked for when a value is not in the list',
      { ...ruled({ message: 'no' }), properties: { a: { type: 'string', enum: ['c'] } } },
      { a: 'b' },
      ['spec.a: Unsupported value: "b": supported values: "c"', notChecked],
    ],
  ];

  it.each(cases)('%s', (_name, schema, value, faults) => {
    expect(faultsOf(schema, value)).toEqual(faults);
  });
});

function faultsOf(spec: Schema, value: Json, old?: Json): string[] {
  const object = (of: Json): ReturnType<typeof kubeObjectFrom> =>
    kubeObjectFrom({ metadata: { name: 'x' }, spec: of }, 'v1', 'X');
  const faults = validateSchema(
    { type: 'object', properties: { spec } },
    object(value),
    old === undefined ? undefined : object(old),
  );
  return faults.map(({ field, message }) => `${field}: ${message}`);
}
