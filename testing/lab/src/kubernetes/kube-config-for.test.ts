import { KubeConfig } from '@kubernetes/client-node';
import { guestURL, kubeConfigFor } from './kube-config-for.ts';

it('leads to the same API server from the guest, with the same credentials', async () => {
  const server = 'https://127.0.0.1:34567';
  const config = await kubeConfigFor(original(server), guestURL(server));
  expect(config.getCurrentCluster()).toMatchObject({
    server: 'https://192.168.77.1:6443',
    caData: 'Q0E=',
    skipTLSVerify: false,
    // The certificate does not name the guest's address.
    tlsServerName: 'kubernetes',
  });
  expect(config.getCurrentUser()?.token).toBe('secret');
});

it('allows plain HTTP where the API server speaks nothing else', async () => {
  const server = 'http://127.0.0.1:34567';
  const config = await kubeConfigFor(original(server), server);
  expect(config.getCurrentCluster()).toMatchObject({ server, skipTLSVerify: true });
});

it('says so when the kubeconfig has no current cluster', async () => {
  await expect(kubeConfigFor(new KubeConfig(), 'http://127.0.0.1:1')).rejects.toThrow(
    'no cluster for its current context',
  );
});

function original(server: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'c', server, caData: 'Q0E=', skipTLSVerify: false }],
    users: [{ name: 'u', token: 'secret' }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  });
  return config;
}
