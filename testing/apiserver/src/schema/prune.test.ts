import type { JsonObject } from '../model/json.ts';
import type { Schema } from '../model/schema.ts';
import { duplicateFields } from './duplicate-fields.ts';
import { prune } from './prune.ts';
import { setDefaults } from './set-defaults.ts';

const schema: Schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        known: { type: 'string' },
        list: {
          type: 'array',
          items: { type: 'object', properties: { a: { type: 'string', default: 'A' } } },
        },
        map: {
          type: 'object',
          additionalProperties: {
            type: 'object',
            properties: { b: { type: 'string', default: 'B' } },
          },
        },
        free: {
          type: 'object',
          'x-kubernetes-preserve-unknown-fields': true,
          properties: { strict: { type: 'object', properties: {} } },
        },
        embedded: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: {} },
        mode: { type: 'string', default: 'Drop' },
        nothing: { type: 'string', nullable: true, default: 'x' },
        options: {
          type: 'object',
          default: {},
          properties: { retries: { type: 'integer', default: 3 } },
        },
      },
    },
  },
};

describe('prune', () => {
  it('removes unknown fields, and returns their paths', () => {
    const object: JsonObject = {
      apiVersion: 'v1',
      kind: 'X',
      metadata: { name: 'x' },
      extra: 1,
      spec: {
        known: 'a',
        constructor: 'x',
        list: [{ a: '1', z: 1 }],
        map: { any: { b: '1', z: 1 } },
        free: { x: { y: 1 }, strict: { gone: 1 } },
        embedded: { apiVersion: 'v1', kind: 'Y', metadata: {}, spec: {} },
      },
    };
    expect(prune(schema, object)).toEqual([
      'extra',
      'spec.constructor',
      'spec.list[0].z',
      'spec.map.any.z',
      'spec.free.strict.gone',
      'spec.embedded.spec',
    ]);
    expect(object).toEqual({
      apiVersion: 'v1',
      kind: 'X',
      metadata: { name: 'x' },
      spec: {
        known: 'a',
        list: [{ a: '1' }],
        map: { any: { b: '1' } },
        free: { x: { y: 1 }, strict: {} },
        embedded: { apiVersion: 'v1', kind: 'Y', metadata: {} },
      },
    });
    expect(prune(schema, object)).toEqual([]);
  });
});

describe('setDefaults', () => {
  it('fills missing fields at every level, and null where null is not allowed', () => {
    const object: JsonObject = {
      spec: { mode: null, nothing: null, list: [{}], map: { any: {} } },
    };
    setDefaults(schema, object);
    expect(object).toEqual({
      spec: {
        mode: 'Drop',
        nothing: null,
        list: [{ a: 'A' }],
        map: { any: { b: 'B' } },
        options: { retries: 3 },
      },
    });
  });

  it('does not make objects that have no default', () => {
    const object: JsonObject = {};
    setDefaults(schema, object);
    expect(object).toEqual({});
  });

  it('gives each object a copy of its own', () => {
    const [one, two]: JsonObject[] = [{ spec: {} }, { spec: {} }];
    setDefaults(schema, one);
    (one as { spec: { options: { retries: number } } }).spec.options.retries = 9;
    setDefaults(schema, two);
    expect(two).toMatchObject({ spec: { options: { retries: 3 } } });
  });
});

describe('duplicateFields', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['{"a":1,"b":{"a":1}}', []],
    ['{"a":1,"a":2}', ['a']],
    ['{"a":{"b":[{"c":1},{"c":1,"c":"}"}]}}', ['a.b[1].c']],
    ['{"a":"{\\"a\\":1,\\"a\\":2}","b":["a","a"]}', []],
    ['{"a":1,"\\u0061":2}', ['a']],
  ];

  it.each(cases)('of %s are %j', (text, expected) => {
    expect(duplicateFields(text)).toEqual(expected);
  });
});
