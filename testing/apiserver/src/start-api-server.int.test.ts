import { access, readFile } from 'node:fs/promises';
import type { KubeClient } from '@sallyport/kube';
import { createKubeClient } from '@sallyport/kube';
import { parse } from 'yaml';
import { temporaryFolder, writeKubeconfig } from './setup/kubeconfig.ts';
import type { ApiServer } from './start-api-server.ts';
import { startApiServer } from './start-api-server.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const EGRESSES = '/apis/crd.antrea.io/v1beta1/egresses';
const EGRESS = { spec: { appliedTo: { podSelector: {} }, egressIP: '192.0.2.1' } };
/** On a Node: without a kubelet, a deletion with a grace period would never end. */
const POD = { spec: { nodeName: 'n1', containers: [{ name: 'main', image: 'web' }] } };

describe('startApiServer', () => {
  it('gives the stand-in when the environment names nothing, and removes its kubeconfig at the end', async () => {
    const server = await startApiServer({ env: {}, log });
    expect(server.kind).toBe('stand-in');
    expect(await (await fetch(`${server.url}/readyz`)).text()).toBe('ok');
    await access(server.kubeconfig);
    await server.close();
    await expect(access(server.kubeconfig)).rejects.toThrow('ENOENT');
    await expect(fetch(`${server.url}/readyz`)).rejects.toThrow();
  });

  describe('with KUBECONFIG', () => {
    let given: ApiServer;
    let client: KubeClient;
    const use = (): Promise<ApiServer> =>
      startApiServer({
        env: { KUBECONFIG: given.kubeconfig, KUBEBUILDER_ASSETS: '/nowhere' },
        log,
      });
    const create = (path: string, name: string, rest = {}): Promise<unknown> =>
      client.json({ method: 'POST', path, body: { metadata: { name }, ...rest } });
    const names = async (plural: string): Promise<readonly string[]> => {
      const { items } = (await client.json({ method: 'GET', path: `/api/v1/${plural}` })) as {
        items: { metadata: { name: string } }[];
      };
      return items.map(({ metadata }) => metadata.name);
    };
    const createDefinitions = async (): Promise<void> => {
      const file = new URL('../../../libs/api/crds/crd.antrea.io_egresses.yaml', import.meta.url);
      const body: unknown = parse(await readFile(file, 'utf8'));
      await client.json({ method: 'POST', path: DEFINITIONS, body });
    };

    beforeEach(async () => {
      given = await startApiServer({ env: {}, log });
      client = createKubeClient(given.kubeconfig);
    });

    afterEach(() => given.close());

    it('uses that API server, before anything else, and takes away at the end what was made there, only that', async () => {
      await create('/api/v1/namespaces', 'before');
      await create('/api/v1/namespaces/before/pods', 'before', POD);
      const all = ['namespaces', 'pods', 'services', 'nodes'];
      const before = await Promise.all(all.map(names));

      const server = await use();
      expect(server).toMatchObject({
        kind: 'existing',
        url: given.url,
        kubeconfig: given.kubeconfig,
      });
      await create('/api/v1/nodes', 'n1');
      await create('/api/v1/namespaces', 'prod');
      await create('/api/v1/namespaces/prod/pods', 'web', POD);
      await create('/api/v1/namespaces/before/pods', 'web', POD);
      await create('/api/v1/namespaces/before/services', 'web', {
        spec: { ports: [{ port: 80 }] },
      });
      await createDefinitions();
      await create(EGRESSES, 'egress-web', EGRESS);

      await server.close();
      expect(await Promise.all(all.map(names))).toEqual(before);
      await expect(client.json({ method: 'GET', path: EGRESSES })).rejects.toThrow('404');
      await access(given.kubeconfig);
    });

    it('refuses the API server of a cluster, and writes nothing to it', async () => {
      await create('/api/v1/nodes', 'kind-control-plane');
      await createDefinitions();
      await create(EGRESSES, 'egress-web', EGRESS);
      await expect(use()).rejects.toThrow(
        `KUBECONFIG ${given.kubeconfig}: the API server ${given.url} belongs to a cluster, to which nothing is done here: it has ` +
          'Node kind-control-plane, Egress egress-web; unset KUBECONFIG, or name an API server without Nodes and Egresses',
      );
      expect(await names('nodes')).toEqual(['kind-control-plane']);
    });

    it('says what to do about one that does not answer, and about a list of files', async () => {
      const gone = await startApiServer({ env: {}, log });
      await gone.close();
      const folder = await temporaryFolder();
      try {
        const path = await writeKubeconfig(folder.path, { url: gone.url });
        await expect(startApiServer({ env: { KUBECONFIG: path }, log })).rejects.toThrow(
          /does not say what it has \(.*ECONNREFUSED.*\); start it, or unset KUBECONFIG/,
        );
        await expect(
          startApiServer({ env: { KUBECONFIG: `${path}:/other` }, log }),
        ).rejects.toThrow(`KUBECONFIG ${path}:/other names several files`);
      } finally {
        await folder.remove();
      }
    });
  });

  it('fails, and does not fall back, when what was named is not there', async () => {
    await expect(startApiServer({ env: { KUBECONFIG: '/nowhere/config' }, log })).rejects.toThrow(
      'ENOENT',
    );
    await expect(startApiServer({ env: { KUBEBUILDER_ASSETS: '/nowhere' }, log })).rejects.toThrow(
      'KUBEBUILDER_ASSETS /nowhere has no etcd; fetch one with setup-envtest, or unset the variable',
    );
  });
});

function log(): void {
  // What the API server says is not looked at.
}
