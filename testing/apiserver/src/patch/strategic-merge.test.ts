import type { Json, JsonObject } from '../model/json.ts';
import { modelSchema } from '../schema/client-node-models.ts';
import { applyPatch, PATCH_TYPES } from './apply-patch.ts';
import { strategicMerge } from './strategic-merge.ts';

const podSpec = modelSchema('V1PodSpec');

describe('strategicMerge', () => {
  const containers = [
    { name: 'a', image: '1', env: [{ name: 'X', value: '1' }] },
    { name: 'b', image: '1' },
  ];
  const cases: readonly (readonly [string, JsonObject, JsonObject, Json])[] = [
    [
      // The order is that of the recorded answer to `pod status bad ip`.
      'merges items by their key, at every level; new items precede those that only the server has',
      { containers },
      { containers: [{ name: 'a', env: [{ name: 'Y', value: '2' }] }, { name: 'c' }] },
      {
        containers: [
          {
            name: 'a',
            image: '1',
            env: [
              { name: 'Y', value: '2' },
              { name: 'X', value: '1' },
            ],
          },
          { name: 'c' },
          { name: 'b', image: '1' },
        ],
      },
    ],
    [
      'deletes an item',
      { containers },
      { containers: [{ name: 'a', $patch: 'delete' }] },
      { containers: [{ name: 'b', image: '1' }] },
    ],
    [
      'replaces a list',
      { containers },
      { containers: [{ name: 'z' }, { $patch: 'replace' }] },
      { containers: [{ name: 'z' }] },
    ],
    [
      'puts items in the order asked for; others follow their neighbours',
      { containers: [{ name: 'a' }, { name: 'x' }, { name: 'b' }] },
      { $setElementOrder_: null, '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] },
      { containers: [{ name: 'b' }, { name: 'a' }, { name: 'x' }] },
    ],
    [
      'replaces lists without a merge key',
      { tolerations: [{ key: 'a' }] },
      { tolerations: [{ key: 'b' }] },
      { tolerations: [{ key: 'b' }] },
    ],
    [
      'removes members set to null',
      { nodeName: 'n1', hostname: 'h' },
      { nodeName: null },
      { hostname: 'h' },
    ],
    [
      'keeps only the keys asked for',
      { volumes: [{ name: 'v', emptyDir: {} }] },
      { volumes: [{ name: 'v', hostPath: { path: '/' }, $retainKeys: ['name', 'hostPath'] }] },
      { volumes: [{ name: 'v', hostPath: { path: '/' } }] },
    ],
    [
      'replaces a map',
      { nodeSelector: { a: '1' } },
      { nodeSelector: { b: '2', $patch: 'replace' } },
      { nodeSelector: { b: '2' } },
    ],
  ];

  it.each(cases)('%s', (_name, target, patch, expected) => {
    expect(merged(target, patch)).toEqual(expected);
  });

  it('merges lists of scalars, and removes from them', () => {
    const metadata = modelSchema('V1ObjectMeta');
    const target = { finalizers: ['a', 'b'] };
    expect(strategicMerge(metadata, target, { finalizers: ['b', 'c'] })).toEqual({
      finalizers: ['a', 'b', 'c'],
    });
    expect(
      strategicMerge(metadata, target, { '$deleteFromPrimitiveList/finalizers': ['a'] }),
    ).toEqual({
      finalizers: ['b'],
    });
  });

  it('refuses an item without its key', () => {
    expect(() => merged({ containers }, { containers: [{ image: '2' }] })).toThrow(
      'does not contain declared merge key: name',
    );
  });
});

describe('applyPatch', () => {
  const target = { a: { b: 1 }, list: [1] };

  it('merges by RFC 7386 and leaves its input alone', () => {
    expect(applyPatch(PATCH_TYPES.merge, {}, target, { a: { b: null, c: 2 }, list: [2] })).toEqual({
      a: { c: 2 },
      list: [2],
    });
    expect(target).toEqual({ a: { b: 1 }, list: [1] });
  });

  it('refuses a JSON patch that does not apply', () => {
    const patch = [{ op: 'test', path: '/a/b', value: 2 }];
    expect(() => applyPatch(PATCH_TYPES.json, {}, target, patch)).toThrow(
      expect.objectContaining({ code: 422 }) as Error,
    );
    expect(() => applyPatch(PATCH_TYPES.json, {}, target, { op: 'remove' })).toThrow(
      expect.objectContaining({ code: 400 }) as Error,
    );
  });
});

function merged(target: JsonObject, patch: JsonObject): Json {
  return JSON.parse(JSON.stringify(strategicMerge(podSpec, target, patch))) as Json;
}
