import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { waitFor } from '@sallyport/kit';
import { renderKubeconfig } from './setup/kubeconfig.ts';
import type { StandIn } from './stand-in.ts';
import { startStandIn } from './stand-in.ts';

// Abilities of the stand-in alone: the work of controllers that a bare kube-apiserver lacks, and
// its own switches.

let standIn: StandIn;
let core: CoreV1Api;

beforeAll(async () => {
  standIn = await startStandIn();
  const config = new KubeConfig();
  config.loadFromString(renderKubeconfig({ url: standIn.url }));
  core = config.makeApiClient(CoreV1Api);
});

afterAll(async () => {
  await standIn.close();
});

it('empties a deleted namespace, and waits for objects with finalizers', async () => {
  await core.createNamespace({ body: { metadata: { name: 'doomed' } } });
  await core.createNamespacedConfigMap({
    namespace: 'doomed',
    body: { metadata: { name: 'free' } },
  });
  await core.createNamespacedConfigMap({
    namespace: 'doomed',
    body: { metadata: { name: 'held', finalizers: ['x.example/y'] } },
  });
  await core.deleteNamespace({ name: 'doomed' });
  await waitFor('the free object to go', () =>
    missing(core.readNamespacedConfigMap({ namespace: 'doomed', name: 'free' })),
  );
  expect((await core.readNamespace({ name: 'doomed' })).status?.phase).toBe('Terminating');
  const late = core.createNamespacedConfigMap({
    namespace: 'doomed',
    body: { metadata: { name: 'late' } },
  });
  await expect(late).rejects.toMatchObject({ code: 403 });
  const body = [{ op: 'remove', path: '/metadata/finalizers' }];
  await core.patchNamespacedConfigMap({ namespace: 'doomed', name: 'held', body });
  await waitFor('the namespace to go', () => missing(core.readNamespace({ name: 'doomed' })));
});

it('removes dependents with their last owner', async () => {
  const namespace = 'default';
  const owner = await core.createNamespacedConfigMap({
    namespace,
    body: { metadata: { name: 'owner' } },
  });
  const uid = owner.metadata?.uid ?? '';
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }];
  await core.createNamespacedConfigMap({
    namespace,
    body: { metadata: { name: 'dependent', ownerReferences } },
  });
  await core.deleteNamespacedConfigMap({ namespace, name: 'owner' });
  await waitFor('the dependent to go', () =>
    missing(core.readNamespacedConfigMap({ namespace, name: 'dependent' })),
  );
});

it('answers 410 to watches and pages from before a compaction', async () => {
  const { metadata } = await core.listNamespace({ limit: 1 });
  await core.createNamespace({ body: { metadata: { name: 'newer' } } });
  standIn.compact();
  const old = metadata?.resourceVersion ?? '';
  const watched = await fetch(`${standIn.url}/api/v1/namespaces?watch=1&resourceVersion=${old}`);
  expect(await watched.json()).toMatchObject({
    type: 'ERROR',
    object: { code: 410, reason: 'Expired' },
  });
  const page = core.listNamespace({ limit: 1, _continue: metadata?._continue ?? '' });
  await expect(page).rejects.toMatchObject({ code: 410 });
});

it('is ahead of its predecessor after a restart, so that old watches start over', async () => {
  const before = await core.listNamespace();
  const second = await startStandIn();
  try {
    const list = (await (await fetch(`${second.url}/api/v1/namespaces`)).json()) as {
      metadata: { resourceVersion: string };
    };
    expect(Number(list.metadata.resourceVersion)).toBeGreaterThan(
      Number(before.metadata?.resourceVersion),
    );
  } finally {
    await second.close();
  }
});

it('gives Services addresses of 10.96.0.0/16 and node ports that nobody else has', async () => {
  const create = (name: string): ReturnType<CoreV1Api['createNamespacedService']> =>
    core.createNamespacedService({
      namespace: 'default',
      body: { metadata: { name }, spec: { type: 'LoadBalancer', ports: [{ port: 80 }] } },
    });
  const [one, two] = [await create('one'), await create('two')];
  expect(one.spec?.clusterIP).toMatch(/^10\.96\./);
  expect(one.spec?.clusterIP).not.toBe(two.spec?.clusterIP);
  expect(one.spec?.ports?.[0]?.nodePort).not.toBe(two.spec?.ports?.[0]?.nodePort);
});

it('keeps a namespace whose own finalizer is taken away while objects in it are held', async () => {
  const finalizers = ['x.example/y'];
  await core.createNamespace({ body: { metadata: { name: 'twice-held', finalizers } } });
  await core.createNamespacedConfigMap({
    namespace: 'twice-held',
    body: { metadata: { name: 'held', finalizers } },
  });
  await core.deleteNamespace({ name: 'twice-held' });
  const body = [{ op: 'remove', path: '/metadata/finalizers' }];
  await core.patchNamespace({ name: 'twice-held', body });
  expect((await core.readNamespace({ name: 'twice-held' })).status?.phase).toBe('Terminating');
  await core.patchNamespacedConfigMap({ namespace: 'twice-held', name: 'held', body });
  await waitFor('the namespace to go', () => missing(core.readNamespace({ name: 'twice-held' })));
});

function missing(read: Promise<unknown>): Promise<boolean> {
  return read.then(
    () => false,
    (error: unknown) => (error as { code?: number }).code === 404,
  );
}
