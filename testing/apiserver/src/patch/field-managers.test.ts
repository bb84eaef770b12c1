import type { JsonObject } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Schema } from '../model/schema.ts';
import type { Manager } from './field-managers.ts';
import { apply, trackUpdate } from './field-managers.ts';
import { parseFields, renderFields, renderPath } from './field-set.ts';

const NOW = new Date('2030-01-01T00:00:00Z');

const schema: Schema = {
  type: 'object',
  properties: {
    metadata: {
      type: 'object',
      properties: { labels: { type: 'object', additionalProperties: { type: 'string' } } },
    },
    spec: {
      type: 'object',
      properties: {
        a: { type: 'string' },
        b: { type: 'string' },
        keyed: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: {
            type: 'object',
            properties: { name: { type: 'string' }, value: { type: 'string' } },
          },
        },
        set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
        atomic: { type: 'array', items: { type: 'string' } },
        whole: {
          type: 'object',
          'x-kubernetes-map-type': 'atomic',
          additionalProperties: { type: 'string' },
        },
      },
    },
  },
};

describe('fieldsV1', () => {
  it('is read and written without loss', () => {
    const fields = {
      'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } },
      'f:spec': {
        'f:keyed': { 'k:{"name":"x"}': { '.': {}, 'f:name': {} } },
        'f:set': { 'v:"s"': {} },
      },
    };
    expect(renderFields(parseFields(fields))).toEqual(fields);
  });
});

describe('apply', () => {
  it('owns leaves of maps, items of keyed lists and sets, and atomic values as a whole', () => {
    const object = applied(undefined, 'alice', {
      a: '1',
      keyed: [{ name: 'k', value: 'v' }],
      set: ['s'],
      atomic: ['x'],
      whole: { m: 'n' },
    });
    expect(owned(object, 'alice')).toEqual([
      '.spec.a',
      '.spec.atomic',
      '.spec.keyed[name="k"]',
      '.spec.keyed[name="k"].name',
      '.spec.keyed[name="k"].value',
      '.spec.set[="s"]',
      '.spec.whole',
    ]);
  });

  it('merges keyed lists and sets of several managers and replaces atomic lists', () => {
    const first = applied(undefined, 'alice', {
      keyed: [{ name: 'one', value: '1' }],
      set: ['a'],
      atomic: ['x'],
    });
    const second = applied(first, 'bob', { keyed: [{ name: 'two', value: '2' }], set: ['b'] });
    expect(second.spec).toEqual({
      keyed: [
        { name: 'one', value: '1' },
        { name: 'two', value: '2' },
      ],
      set: ['a', 'b'],
      atomic: ['x'],
    });
    expect(() => applied(second, 'bob', { atomic: ['y'] })).toThrow(
      'conflict with "alice": .spec.atomic',
    );
  });

  it('names every conflict, by manager', () => {
    const live = updated(applied(undefined, 'alice', { a: '1' }), 'bob', { a: '1', b: '2' });
    expect(() => applied(live, 'carol', { a: 'x', b: 'y' })).toThrow(
      'Apply failed with 2 conflicts: conflict with "alice": .spec.a\nconflict with "bob" using v1: .spec.b',
    );
    const forced = applied(live, 'carol', { a: 'x', b: 'y' }, true);
    expect(owned(forced, 'alice')).toEqual([]);
    expect(owned(forced, 'bob')).toEqual([]);
    expect(owned(forced, 'carol')).toEqual(['.spec.a', '.spec.b']);
  });

  it('removes a field that its manager gave up, unless another manager owns it too', () => {
    const shared = applied(
      applied(undefined, 'alice', { a: '1', b: '2', set: ['s', 't'] }),
      'bob',
      {
        b: '2',
        set: ['t'],
      },
    );
    const left = applied(shared, 'alice', { a: '1' });
    expect(left.spec).toEqual({ a: '1', b: '2', set: ['t'] });
    expect(owned(left, 'bob')).toEqual(['.spec.b', '.spec.set[="t"]']);
  });

  it('keeps its time when nothing changes', () => {
    const first = applied(undefined, 'alice', { a: '1' });
    const entries =
      first.metadata.managedFields?.map((entry) => ({ ...entry, time: '2020-01-01T00:00:00Z' })) ??
      [];
    const again = applied(
      { ...first, metadata: { ...first.metadata, managedFields: entries } },
      'alice',
      { a: '1' },
    );
    expect(again.metadata.managedFields).toEqual(entries);
  });
});

describe('trackUpdate', () => {
  it('takes over the fields that an update changes, and disowns those that it removes', () => {
    const live = applied(undefined, 'alice', { a: '1', b: '2' });
    const after = updated(live, 'bob', { a: '9' });
    expect(owned(after, 'alice')).toEqual([]);
    expect(owned(after, 'bob')).toEqual(['.spec.a']);
  });

  it('leaves entries alone when nothing changes', () => {
    const live = applied(undefined, 'alice', { a: '1' });
    expect(updated(live, 'bob', { a: '1' }).metadata.managedFields).toEqual(
      live.metadata.managedFields,
    );
  });
});

/** Applies a spec as a manager to the existing object. */
function applied(
  live: KubeObject | undefined,
  manager: string,
  spec: JsonObject,
  force = false,
): KubeObject {
  const configuration = { apiVersion: 'v1', kind: 'X', metadata: { name: 'x' }, spec };
  const { object, managedFields } = apply(
    schema,
    live,
    configuration,
    by(manager, 'Apply'),
    force,
    NOW,
  );
  const result = JSON.parse(JSON.stringify(object)) as KubeObject;
  return { ...result, metadata: { ...result.metadata, managedFields } };
}

function by(manager: string, operation: Manager['operation']): Manager {
  return {
    manager,
    operation,
    apiVersion: 'v1',
    subresource: undefined,
  };
}

function owned(object: KubeObject, manager: string): string[] {
  return (object.metadata.managedFields ?? [])
    .filter((entry) => entry.manager === manager)
    .flatMap((entry) => [...parseFields(entry.fieldsV1)].map(renderPath))
    .sort();
}

/** Replaces the spec as a manager. */
function updated(live: KubeObject, manager: string, spec: JsonObject): KubeObject {
  const after = { ...live, spec };
  return {
    ...after,
    metadata: {
      ...live.metadata,
      managedFields: trackUpdate(schema, live, after, by(manager, 'Update'), NOW),
    },
  };
}
