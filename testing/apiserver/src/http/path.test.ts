import { byPreference } from '../discovery/discovery.ts';
import { parseResourcePath } from './path.ts';

describe('parseResourcePath', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['/api/v1/pods', '|v1||pods||'],
    ['/api/v1/namespaces/ns/pods/p/status', '|v1|ns|pods|p|status'],
    ['/api/v1/namespaces', '|v1||namespaces||'],
    ['/api/v1/namespaces/ns', '|v1||namespaces|ns|'],
    ['/api/v1/namespaces/ns/status', '|v1||namespaces|ns|status'],
    ['/api/v1/namespaces/ns/services', '|v1|ns|services||'],
    ['/apis/crd.antrea.io/v1beta1/egresses/e', 'crd.antrea.io|v1beta1||egresses|e|'],
    ['/apis/apps/v1/namespaces/status/deployments/d', 'apps|v1|status|deployments|d|'],
  ];

  it.each(cases)('%s', (path, expected) => {
    const found = parseResourcePath(path);
    expect(
      [
        found?.group,
        found?.version,
        found?.namespace,
        found?.plural,
        found?.name,
        found?.subresource,
      ].join('|'),
    ).toBe(expected);
  });

  it.each(['/', '/api', '/api/v1', '/apis/apps/v1', '/version', '/api/v1/pods/p/a/b'])(
    '%s names no resource',
    (path) => {
      expect(parseResourcePath(path)).toBeUndefined();
    },
  );
});

it('orders versions as Kubernetes does', () => {
  const versions = ['v1alpha2', 'foo', 'v1beta1', 'v10', 'v1', 'v2', 'v1beta2', 'v1alpha1'];
  expect(versions.sort(byPreference)).toEqual([
    'v10',
    'v2',
    'v1',
    'v1beta2',
    'v1beta1',
    'v1alpha2',
    'v1alpha1',
    'foo',
  ]);
});
