import type { V1ConfigMap } from '@kubernetes/client-node';
import { CoreV1Api, KubeConfig, makeInformer, Watch } from '@kubernetes/client-node';
import { waitFor } from '@sallyport/kit';
import type { TestCluster } from './testing/cluster.ts';
import { SET_UP_TIMEOUT_MS, startTestCluster } from './testing/cluster.ts';

let cluster: TestCluster;
let config: KubeConfig;
let core: CoreV1Api;

beforeAll(async () => {
  cluster = await startTestCluster();
  config = new KubeConfig();
  config.loadFromFile(cluster.server.kubeconfig);
  core = config.makeApiClient(CoreV1Api);
}, SET_UP_TIMEOUT_MS);

afterAll(async () => {
  await (cluster as TestCluster | undefined)?.close();
});

interface SeenEvent {
  readonly type: string;
  readonly name: string;
  readonly version: number;
  readonly object: Readonly<Record<string, unknown>>;
}

describe('a client-node informer', () => {
  it('lists, then follows every change', async () => {
    await create('informed-before');
    const informer = makeInformer<V1ConfigMap>(config, path(), () =>
      core.listNamespacedConfigMap({ namespace: cluster.namespace }),
    );
    const seen: string[] = [];
    for (const verb of ['add', 'update', 'delete'] as const) {
      informer.on(verb, (object) => seen.push(`${verb} ${object.metadata?.name ?? ''}`));
    }
    await informer.start();
    try {
      await waitFor('the object that was there', () => seen.includes('add informed-before'));
      await create('informed');
      await setLabels('informed', { a: 'b' });
      await remove('informed');
      await waitFor('the deletion', () => seen.includes('delete informed'));
      expect(seen.filter((line) => line.endsWith(' informed'))).toEqual([
        'add informed',
        'update informed',
        'delete informed',
      ]);
    } finally {
      await informer.stop();
    }
  });
});

describe('a watch', () => {
  it('goes on from the version of a list, without loss or repetition', async () => {
    await create('resume-1');
    const { metadata } = await core.listNamespacedConfigMap({ namespace: cluster.namespace });
    await create('resume-2');
    await remove('resume-1');
    const { seen, stop } = await watch({ resourceVersion: metadata?.resourceVersion ?? '' });
    await waitFor('two events', () => seen.length >= 2);
    stop();
    expect(seen.map(({ type, name }) => `${type} ${name}`)).toEqual([
      'ADDED resume-2',
      'DELETED resume-1',
    ]);
    expect(seen[1]?.version).toBeGreaterThan(seen[0]?.version ?? Infinity);
  });

  it('turns a change of labels into ADDED and DELETED for a selector', async () => {
    const { metadata } = await core.listNamespacedConfigMap({ namespace: cluster.namespace });
    const { seen, stop } = await watch({
      resourceVersion: metadata?.resourceVersion ?? '',
      labelSelector: 'gate=open',
    });
    await create('turning');
    await setLabels('turning', { gate: 'open' });
    await setLabels('turning', { gate: 'open', more: 'x' });
    await setLabels('turning', { gate: 'closed' });
    await waitFor('three events', () => seen.length >= 3);
    stop();
    expect(seen.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
  });

  it('sends the state and then a bookmark that says so, when asked for initial events', async () => {
    await create('initial');
    const { seen, stop } = await watch({
      sendInitialEvents: true,
      resourceVersionMatch: 'NotOlderThan',
      allowWatchBookmarks: true,
    });
    await waitFor('the bookmark', () => seen.some(({ type }) => type === 'BOOKMARK'));
    stop();
    const bookmark = seen.findIndex(({ type }) => type === 'BOOKMARK');
    expect(seen.slice(0, bookmark).every(({ type }) => type === 'ADDED')).toBe(true);
    expect(seen.slice(0, bookmark).map(({ name }) => name)).toContain('initial');
    expect(seen[bookmark]?.object).toMatchObject({
      metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } },
    });
    expect(seen[bookmark]?.version).toBeGreaterThan(0);
  });

  it('tells by a bookmark, before it ends by itself, how far it is although it had nothing to show', async () => {
    const { metadata } = await core.listNamespacedConfigMap({ namespace: cluster.namespace });
    const { seen, ended } = await watch({
      resourceVersion: metadata?.resourceVersion ?? '',
      labelSelector: 'gate=none',
      allowWatchBookmarks: true,
      timeoutSeconds: 5,
    });
    const passing = await create('passing');
    await waitFor('the end of the watch', ended);
    expect(seen.map(({ type }) => type)).toContain('BOOKMARK');
    expect(seen.at(-1)?.version).toBeGreaterThanOrEqual(Number(passing.metadata?.resourceVersion));
  });
});

describe('a list', () => {
  it('comes in pages that show one state', async () => {
    for (const name of ['page-1', 'page-2', 'page-3']) {
      await create(name, { paged: 'yes' });
    }
    const namespace = cluster.namespace;
    const first = await core.listNamespacedConfigMap({
      namespace,
      labelSelector: 'paged=yes',
      limit: 2,
    });
    expect(first.items.map((item) => item.metadata?.name)).toEqual(['page-1', 'page-2']);
    await remove('page-3');
    const second = await core.listNamespacedConfigMap({
      namespace,
      labelSelector: 'paged=yes',
      limit: 2,
      _continue: first.metadata?._continue ?? '',
    });
    expect(second.items.map((item) => item.metadata?.name)).toEqual(['page-3']);
    expect(second.metadata?._continue ?? '').toBe('');
    expect(second.metadata?.resourceVersion).toBe(first.metadata?.resourceVersion);
  });
});

describe('a deletion', () => {
  it('takes its options from the query, but from the body when there is one', async () => {
    await create('deleted');
    const target = { namespace: cluster.namespace, name: 'deleted' };
    await core.deleteNamespacedConfigMap({ ...target, dryRun: 'All' });
    await core.deleteNamespacedConfigMap({ ...target, body: { dryRun: ['All'] } });
    await core.readNamespacedConfigMap(target);
    await core.deleteNamespacedConfigMap({
      ...target,
      dryRun: 'All',
      body: { propagationPolicy: 'Background' },
    });
    await expect(core.readNamespacedConfigMap(target)).rejects.toMatchObject({ code: 404 });
  });
});

function create(name: string, labels: Record<string, string> = {}): Promise<V1ConfigMap> {
  return core.createNamespacedConfigMap({
    namespace: cluster.namespace,
    body: { metadata: { name, labels } },
  });
}

function path(): string {
  return `/api/v1/namespaces/${cluster.namespace}/configmaps`;
}

function setLabels(name: string, labels: Record<string, string>): Promise<V1ConfigMap> {
  return core.patchNamespacedConfigMap({
    namespace: cluster.namespace,
    name,
    body: [{ op: 'add', path: '/metadata/labels', value: labels }],
  });
}
function remove(name: string): Promise<unknown> {
  return core.deleteNamespacedConfigMap({ namespace: cluster.namespace, name });
}

/** A raw watch: its events, and how it ended. */
async function watch(
  query: Record<string, string | boolean | number>,
): Promise<{ seen: SeenEvent[]; ended: () => boolean; stop: () => void }> {
  const seen: SeenEvent[] = [];
  let over = false;
  const controller = await new Watch(config).watch(
    path(),
    query,
    (type, object: { metadata?: { name?: string; resourceVersion?: string } }) => {
      const { name = '', resourceVersion = '0' } = object.metadata ?? {};
      seen.push({ type, name, version: Number(resourceVersion), object: object });
    },
    () => (over = true),
  );
  return {
    seen,
    ended: () => over,
    stop: () => {
      controller.abort();
    },
  };
}
