import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { API_SERVER } from '../network/address-plan.ts';

/** The URL of the host's API server for processes in the guest. */
export function guestURL(hostURL: string): string {
  return `${new URL(hostURL).protocol}//${API_SERVER.ip}:${String(API_SERVER.port)}`;
}

/**
 * The current context of a kubeconfig, for the same API server at another URL and without files. It
 * allows plain HTTP, which client-node refuses otherwise: the stand-in offers nothing else.
 */
export async function kubeConfigFor(original: KubeConfig, url: string): Promise<KubeConfig> {
  const current = original.getCurrentCluster();
  const user = original.getCurrentUser();
  if (current === null) {
    throw new Error(
      `the kubeconfig has no cluster for its current context "${original.getCurrentContext()}"`,
    );
  }
  const isPlain = url.startsWith('http:');
  const caData = await inlined(current.caData, current.caFile);
  const certData = await inlined(user?.certData, user?.certFile);
  const keyData = await inlined(user?.keyData, user?.keyFile);
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [
      {
        name: 'lab',
        server: url,
        skipTLSVerify: isPlain || current.skipTLSVerify,
        ...(caData === undefined ? {} : { caData }),
        // The certificate does not name the new address.
        ...(isPlain ? {} : { tlsServerName: current.tlsServerName ?? nameOf(current.server) }),
      },
    ],
    users: [
      {
        name: 'lab',
        ...(user?.token === undefined ? {} : { token: user.token }),
        ...(certData === undefined ? {} : { certData }),
        ...(keyData === undefined ? {} : { keyData }),
      },
    ],
    contexts: [{ name: 'lab', cluster: 'lab', user: 'lab' }],
    currentContext: 'lab',
  });
  return config;
}

/** The name in the certificate: TLS knows no addresses, and each kube-apiserver is `kubernetes`. */
function nameOf(server: string): string {
  const { hostname } = new URL(server);
  return isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? hostname : 'kubernetes';
}

async function inlined(
  data: string | undefined,
  file: string | undefined,
): Promise<string | undefined> {
  return data ?? (file === undefined ? undefined : (await readFile(file)).toString('base64'));
}
