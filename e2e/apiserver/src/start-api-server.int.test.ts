import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderKubeconfig, temporaryFolder } from './setup/kubeconfig.ts';
import { startApiServer } from './start-api-server.ts';

const log = (): void => undefined;

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

  it('uses the cluster that KUBECONFIG names, before anything else', async () => {
    const folder = await temporaryFolder();
    try {
      const path = join(folder.path, 'config');
      await writeFile(path, renderKubeconfig({ url: 'https://192.0.2.1:6443', token: 'secret' }));
      const server = await startApiServer({ env: { KUBECONFIG: path, KUBEBUILDER_ASSETS: '/nowhere' }, log });
      expect(server).toMatchObject({ kind: 'existing', url: 'https://192.0.2.1:6443', kubeconfig: path });
      await server.close();
      await access(path);
    } finally {
      await folder.remove();
    }
  });

  it('fails, and does not fall back, when what was named is not there', async () => {
    await expect(startApiServer({ env: { KUBECONFIG: '/nowhere/config' }, log })).rejects.toThrow('ENOENT');
    await expect(startApiServer({ env: { KUBEBUILDER_ASSETS: '/nowhere' }, log })).rejects.toThrow(
      'KUBEBUILDER_ASSETS /nowhere has no etcd; fetch one with setup-envtest, or unset the variable',
    );
  });
});
