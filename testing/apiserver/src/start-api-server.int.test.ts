import { access, chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Json } from './model/json.ts';
import { listAt, stringAt } from './model/json.ts';
import { temporaryFolder, writeKubeconfig } from './setup/kubeconfig.ts';
import type { RestClient } from './setup/rest.ts';
import { restClient } from './setup/rest.ts';
import type { ApiServer } from './start-api-server.ts';
import { startApiServer } from './start-api-server.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const EGRESSES = '/apis/crd.antrea.io/v1beta1/egresses';
const EGRESS = { spec: { appliedTo: { podSelector: {} }, egressIP: '192.0.2.1' } };
/** On a Node: without a kubelet, a deletion with a grace period would never end. */
const POD = { spec: { nodeName: 'n1', containers: [{ name: 'main', image: 'web' }] } };

describe('startApiServer', () => {
  it('gives the stand-in when the environment names no server, and removes its kubeconfig at the end', async () => {
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
    let client: RestClient;
    const use = (): Promise<ApiServer> =>
      startApiServer({
        env: { KUBECONFIG: given.kubeconfig, KUBEBUILDER_ASSETS: '/nowhere' },
        log,
      });
    const post = async (path: string, body: Json): Promise<void> => {
      const answer = await client.send({ method: 'POST', path, body });
      expect(answer).toMatchObject({ status: 201 });
    };
    const create = (path: string, name: string, rest = {}): Promise<void> =>
      post(path, { metadata: { name }, ...rest });
    const names = async (plural: string): Promise<readonly string[]> => {
      const { body } = await client.send({ method: 'GET', path: `/api/v1/${plural}` });
      return listAt(body, 'items').map((item) => stringAt(item, 'metadata', 'name') ?? '');
    };
    const createDefinitions = async (): Promise<void> => {
      const file = new URL('../../../libs/api/crds/crd.antrea.io_egresses.yaml', import.meta.url);
      await post(DEFINITIONS, parse(await readFile(file, 'utf8')) as Json);
    };

    beforeEach(async () => {
      given = await startApiServer({ env: {}, log });
      client = restClient(given.kubeconfig);
    });

    afterEach(() => given.close());

    it('uses that API server, before anything else, and at the end deletes the objects created since, and no other', async () => {
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
      expect(await client.send({ method: 'GET', path: EGRESSES })).toMatchObject({ status: 404 });
      await access(given.kubeconfig);
    });

    it('gives each Namespace the ServiceAccount without which no Pod is created', async () => {
      await create('/api/v1/namespaces', 'prod');
      const path = '/api/v1/namespaces/prod/serviceaccounts/default';
      await client.send({ method: 'DELETE', path });
      const server = await use();
      expect(await client.send({ method: 'GET', path })).toMatchObject({ status: 200 });
      await server.close();
    });

    it('refuses the API server of a cluster, and writes nothing to it', async () => {
      await create('/api/v1/nodes', 'kind-control-plane');
      await createDefinitions();
      await create(EGRESSES, 'egress-web', EGRESS);
      await expect(use()).rejects.toThrow(
        `KUBECONFIG ${given.kubeconfig}: the API server ${given.url} belongs to a cluster and stays untouched: it has ` +
          'Node kind-control-plane, Egress egress-web; unset KUBECONFIG, or name an API server without Nodes and Egresses',
      );
      expect(await names('nodes')).toEqual(['kind-control-plane']);
    });

    it('names the remedy for a server that does not answer, and for a list of files', async () => {
      const gone = await startApiServer({ env: {}, log });
      await gone.close();
      const folder = await temporaryFolder();
      try {
        const path = await writeKubeconfig(folder.path, { url: gone.url });
        await expect(startApiServer({ env: { KUBECONFIG: path }, log })).rejects.toThrow(
          /did not list its objects \(.*ECONNREFUSED.*\); start it, or unset KUBECONFIG/,
        );
        await expect(
          startApiServer({ env: { KUBECONFIG: `${path}:/other` }, log }),
        ).rejects.toThrow(`KUBECONFIG ${path}:/other names several files`);
      } finally {
        await folder.remove();
      }
    });
  });

  it('reports at once that a program of KUBEBUILDER_ASSETS ended, with its output', async () => {
    const folder = await temporaryFolder();
    try {
      await script(join(folder.path, 'etcd'), 'exec sleep 600');
      await script(
        join(folder.path, 'kube-apiserver'),
        'echo "no default routes found" >&2; exit 3',
      );
      const begun = Date.now();
      await expect(
        startApiServer({ env: { KUBEBUILDER_ASSETS: folder.path }, log }),
      ).rejects.toThrow(
        /^kube-apiserver ended \(exit status 3\); the end of its output:\nno default routes found\n$/,
      );
      expect(Date.now() - begun).toBeLessThan(10_000);
    } finally {
      await folder.remove();
    }
  });

  it('fails, and does not fall back, when a named file or folder does not exist', async () => {
    await expect(startApiServer({ env: { KUBECONFIG: '/nowhere/config' }, log })).rejects.toThrow(
      'ENOENT',
    );
    await expect(startApiServer({ env: { KUBEBUILDER_ASSETS: '/nowhere' }, log })).rejects.toThrow(
      'KUBEBUILDER_ASSETS /nowhere has no etcd; fetch one with setup-envtest, or unset the variable',
    );
  });
});

function log(): void {
  // The output of the API server does not matter here.
}

async function script(path: string, commands: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${commands}\n`);
  await chmod(path, 0o755);
}
