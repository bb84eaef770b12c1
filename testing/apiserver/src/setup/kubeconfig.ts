import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** How to reach an API server, and as which user. Certificates and keys are paths of PEM files. */
export interface KubeconfigContent {
  readonly url: string;
  readonly certificateAuthority?: string;
  readonly token?: string;
}

/** A temporary folder and the function that removes it. */
export interface TemporaryFolder {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/** Makes a private folder for the files of one API server. */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'sallyport-apiserver-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Writes a kubeconfig that only its owner can read, and returns its path. */
export async function writeKubeconfig(folder: string, content: KubeconfigContent): Promise<string> {
  const path = join(folder, 'kubeconfig');
  await writeFile(path, renderKubeconfig(content), { mode: 0o600 });
  return path;
}

/** The text of a kubeconfig with one cluster, user and context, all named `sallyport`. */
export function renderKubeconfig(content: KubeconfigContent): string {
  const name = 'sallyport';
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      {
        name,
        cluster: {
          server: content.url,
          // client-node refuses plain HTTP unless verification is off.
          ...(content.url.startsWith('http:') ? { 'insecure-skip-tls-verify': true } : {}),
          ...(content.certificateAuthority === undefined
            ? {}
            : { 'certificate-authority': content.certificateAuthority }),
        },
      },
    ],
    users: [{ name, user: content.token === undefined ? {} : { token: content.token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
  });
}
