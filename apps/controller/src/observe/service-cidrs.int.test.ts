import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClusterNetwork } from '@sallyport/api';
import { waitFor } from '@sallyport/kit';
import { afterThisTest, api, client, RUN, useTestCluster } from '../testing/test-cluster.ts';
import { ready, startOne, watch } from '../testing/test-controller.ts';

const PATH = '/apis/networking.k8s.io/v1/servicecidrs';

useTestCluster();

describe('the CIDRs of Services', () => {
  it('come from the cluster when none are configured, also later ones', async () => {
    const { items } = (await client.json({ method: 'GET', path: PATH })) as {
      readonly items: readonly { readonly spec: { readonly cidrs: readonly string[] } }[];
    };
    const first = items.flatMap(({ spec }) => spec.cidrs);
    expect(first).not.toEqual([]);
    const controller = await startOne({ serviceCidrs: [] });
    await ready(controller);
    const networks = watch<ClusterNetwork>(controller.url, 'clusternetworks');
    const untilPublished = (cidrs: readonly string[]): Promise<unknown> =>
      waitFor('the CIDRs to be published', () => {
        const published = networks.state().objects.get('default')?.serviceCIDRs ?? [];
        return published.join() === cidrs.toSorted().join();
      });
    await untilPublished(first);
    await api.create(PATH, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name: RUN },
      spec: { cidrs: ['198.18.77.0/24'] },
    });
    await untilPublished([...first, '198.18.77.0/24']);
  });

  it('are named in /readyz while nobody gives them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'controller-'));
    afterThisTest(() => rm(folder, { recursive: true }));
    const kubeconfig = join(folder, 'config');
    // No server listens on port 1.
    const clusters = [{ name: 'c', cluster: { server: 'http://127.0.0.1:1' } }];
    const contexts = [{ name: 'c', context: { cluster: 'c', user: 'c' } }];
    const config = { 'current-context': 'c', clusters, contexts, users: [{ name: 'c', user: {} }] };
    await writeFile(kubeconfig, JSON.stringify(config));
    const answerOf = async (serviceCidrs: readonly string[]): Promise<string> => {
      const controller = await startOne({ kubeconfig, serviceCidrs });
      return (await fetch(new URL('/readyz', controller.url))).text();
    };
    expect(await answerOf([])).toContain('servicecidrs (or set --service-cidrs)');
    expect(await answerOf(['10.96.0.0/16'])).not.toContain('servicecidrs');
  });
});
