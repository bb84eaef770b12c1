import type { TestCluster } from './testing/cluster.ts';
import { SET_UP_TIMEOUT_MS, startTestCluster } from './testing/cluster.ts';

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startTestCluster();
}, SET_UP_TIMEOUT_MS);

afterAll(async () => {
  await (cluster as TestCluster | undefined)?.close();
});

describe('server-side apply', () => {
  it('creates, and lets two managers own different fields', async () => {
    expect((await serverSide('alice', configMap('shared', { a: '1' }))).stdout).toBe(
      'configmap/shared serverside-applied\n',
    );
    expect((await serverSide('bob', configMap('shared', { b: '2' }))).code).toBe(0);
    expect(await dataOf('shared')).toEqual({ a: '1', b: '2' });
  });

  it('refuses to change a field of another manager, and names him', async () => {
    await serverSide('alice', configMap('contested', { a: '1' }));
    const { code, stderr } = await serverSide('bob', configMap('contested', { a: '2' }));
    expect(code).toBe(1);
    expect(stderr).toContain('Apply failed with 1 conflict: conflict with "alice"');
    expect(stderr).toContain('.data.a');
    expect(await dataOf('contested')).toEqual({ a: '1' });
  });

  it('takes a field over when forced; its former owner then conflicts', async () => {
    await serverSide('alice', configMap('forced', { a: '1' }));
    expect(
      (await serverSide('bob', configMap('forced', { a: '2' }), '--force-conflicts')).code,
    ).toBe(0);
    expect(await dataOf('forced')).toEqual({ a: '2' });
    expect((await serverSide('alice', configMap('forced', { a: '1' }))).stderr).toContain(
      'conflict with "bob"',
    );
  });

  it('lets managers share a field with the same value', async () => {
    await serverSide('alice', configMap('agreed', { a: '1' }));
    expect((await serverSide('bob', configMap('agreed', { a: '1' }))).code).toBe(0);
    await serverSide('alice', configMap('agreed', {}));
    expect(await dataOf('agreed')).toEqual({ a: '1' });
  });

  it('removes the fields that their manager no longer applies, and no others', async () => {
    await serverSide('alice', configMap('shrinking', { a: '1', b: '2' }, { labels: { x: '1' } }));
    await cluster.run(['-n', cluster.namespace, 'label', 'configmap', 'shrinking', 'y=2']);
    await serverSide('alice', configMap('shrinking', { a: '1' }));
    expect(await dataOf('shrinking')).toEqual({ a: '1' });
    const labels = await cluster.run([
      '-n',
      cluster.namespace,
      'get',
      'configmap',
      'shrinking',
      '-o',
      'jsonpath={.metadata.labels}',
    ]);
    expect(JSON.parse(labels)).toEqual({ y: '2' });
  });

  it('merges keyed lists item by item', async () => {
    const service = (ports: readonly object[]): object => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'ports' },
      spec: { selector: { app: 'x' }, ports },
    });
    await serverSide('alice', service([{ name: 'http', port: 80 }]));
    const forced = await serverSide('bob', {
      ...service([{ name: 'https', port: 443, protocol: 'TCP' }]),
    });
    expect(forced.stderr).not.toContain('failed');
    const ports = (): Promise<string> =>
      cluster.run([
        '-n',
        cluster.namespace,
        'get',
        'service',
        'ports',
        '-o',
        'jsonpath={.spec.ports[*].port}',
      ]);
    expect((await ports()).split(' ').sort()).toEqual(['443', '80']);
    await serverSide('bob', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'ports' },
      spec: { selector: { app: 'x' } },
    });
    expect(await ports()).toBe('80');
  });

  it('applies again without a write', async () => {
    await serverSide('alice', configMap('quiet', { a: '1' }));
    const version = (): Promise<string> =>
      cluster.run([
        '-n',
        cluster.namespace,
        'get',
        'configmap',
        'quiet',
        '-o',
        'jsonpath={.metadata.resourceVersion}',
      ]);
    const before = await version();
    await serverSide('alice', configMap('quiet', { a: '1' }));
    expect(await version()).toBe(before);
  });

  it('goes on from a client-side apply without conflict', async () => {
    await cluster.run(
      ['-n', cluster.namespace, 'apply', '-f', '-'],
      JSON.stringify(configMap('migrated', { a: '1', b: '2' })),
    );
    const migrated = await serverSide(
      'kubectl',
      configMap('migrated', { a: '2' }),
      '--force-conflicts',
    );
    expect(migrated.code).toBe(0);
    expect(await dataOf('migrated')).toMatchObject({ a: '2' });
  });

  it('refuses fields that the schema does not know', async () => {
    const { code, stderr } = await serverSide(
      'alice',
      { ...configMap('unknown', {}), bogus: 1 },
      '--validate=ignore',
    );
    expect(code).toBe(1);
    expect(stderr).toContain('field not declared in schema');
  });
});

function serverSide(
  manager: string,
  object: object,
  ...args: readonly string[]
): ReturnType<TestCluster['kubectl']> {
  return cluster.kubectl(
    [
      '-n',
      cluster.namespace,
      'apply',
      '--server-side',
      `--field-manager=${manager}`,
      ...args,
      '-f',
      '-',
    ],
    JSON.stringify(object),
  );
}
function configMap(name: string, data: object, metadata: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, ...metadata },
    data,
  };
}
async function dataOf(name: string): Promise<unknown> {
  return JSON.parse(
    await cluster.run([
      '-n',
      cluster.namespace,
      'get',
      'configmap',
      name,
      '-o',
      'jsonpath={.data}',
    ]),
  );
}
