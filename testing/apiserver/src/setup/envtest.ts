import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { access, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startServiceAccounts } from './default-service-accounts.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { restClient } from './rest.ts';
import { endOfOutput, startServerProcess } from './server-process.ts';

/** The needs of starting a real API server. */
export interface EnvtestOptions {
  /** A folder with `etcd` and `kube-apiserver`, as controller-runtime's envtest lays it out. */
  readonly assets: string;
  /** An empty folder for data, keys and logs. */
  readonly folder: string;
  readonly log: (line: string) => void;
}

/** A running etcd and kube-apiserver. */
export interface Envtest {
  readonly url: string;
  readonly kubeconfig: string;
  readonly close: () => Promise<void>;
}

const READY_DEADLINE_MS = 60_000;
const POLL_INTERVAL_MS = 250;

/**
 * Starts etcd and kube-apiserver on free ports of 127.0.0.1 and waits until `/readyz` says ok.
 * Throws, with the end of the output, when one of them ends, and after 60 s.
 */
export async function startEnvtest({ assets, folder, log }: EnvtestOptions): Promise<Envtest> {
  for (const binary of ['etcd', 'kube-apiserver']) {
    await access(join(assets, binary)).catch((cause: unknown) => {
      throw new Error(
        `KUBEBUILDER_ASSETS ${assets} has no ${binary}; fetch one with setup-envtest, or unset the variable`,
        { cause },
      );
    });
  }
  const [etcdPort, etcdPeerPort, port] = await Promise.all([freePort(), freePort(), freePort()]);
  const token = await writeCredentials(folder);
  const etcdUrl = `http://127.0.0.1:${String(etcdPort)}`;
  const peerUrl = `http://127.0.0.1:${String(etcdPeerPort)}`;
  const url = `https://127.0.0.1:${String(port)}`;
  const output = join(folder, 'servers.log');
  log(`apiserver: starting etcd and kube-apiserver of ${assets}`);
  const etcd = startServerProcess(
    join(assets, 'etcd'),
    etcdArguments(folder, etcdUrl, peerUrl),
    output,
  );
  const apiserver = startServerProcess(
    join(assets, 'kube-apiserver'),
    apiserverArguments(folder, etcdUrl, port),
    output,
  );
  const stop = async (): Promise<void> => {
    await apiserver.stop();
    await etcd.stop();
  };
  const polling = new AbortController();
  try {
    await Promise.race([ready(url, token, output, polling.signal), etcd.ended, apiserver.ended]);
    const kubeconfig = await writeKubeconfig(folder, {
      url,
      token,
      certificateAuthority: join(folder, 'apiserver.crt'),
    });
    const stopServiceAccounts = await startServiceAccounts(restClient(kubeconfig));
    log(`apiserver: kube-apiserver at ${url}`);
    return {
      url,
      kubeconfig,
      close: async () => {
        await stopServiceAccounts();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    polling.abort();
  }
}

/** Writes the key that signs ServiceAccount tokens and an administrator's token, and returns it. */
async function writeCredentials(folder: string): Promise<string> {
  const token = randomBytes(24).toString('hex');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(keyFileIn(folder), privateKey.export({ type: 'pkcs1', format: 'pem' }), {
    mode: 0o600,
  });
  await writeFile(tokenFileIn(folder), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  return token;
}

function keyFileIn(folder: string): string {
  return join(folder, 'service-account.key');
}

function tokenFileIn(folder: string): string {
  return join(folder, 'tokens.csv');
}

function etcdArguments(folder: string, url: string, peerUrl: string): readonly string[] {
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=${peerUrl}`,
    '--unsafe-no-fsync=true',
  ];
}

function apiserverArguments(folder: string, etcdUrl: string, port: number): readonly string[] {
  return [
    `--etcd-servers=${etcdUrl}`,
    `--cert-dir=${folder}`,
    '--bind-address=127.0.0.1',
    // Without it, the server ends on a machine that has no default route.
    '--advertise-address=127.0.0.1',
    `--secure-port=${String(port)}`,
    `--token-auth-file=${tokenFileIn(folder)}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--service-account-issuer=https://127.0.0.1/',
    `--service-account-key-file=${keyFileIn(folder)}`,
    `--service-account-signing-key-file=${keyFileIn(folder)}`,
    '--allow-privileged=true',
  ];
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) {
          resolve(address.port);
        } else {
          reject(new Error('no free TCP port on 127.0.0.1'));
        }
      });
    });
  });
}

async function ready(
  url: string,
  token: string,
  output: string,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + READY_DEADLINE_MS;
  while (Date.now() < deadline) {
    if (await isReady(url, token)) {
      return;
    }
    await setTimeout(POLL_INTERVAL_MS, undefined, { signal });
  }
  throw new Error(
    `kube-apiserver was not ready within ${String(READY_DEADLINE_MS / 1000)} s; ${await endOfOutput(output)}`,
  );
}

function isReady(url: string, token: string): Promise<boolean> {
  return new Promise((resolve) => {
    // Its certificate is made while it starts; only the loopback address is asked, and only whether
    // it is ready.
    const request = get(
      `${url}/readyz`,
      { rejectUnauthorized: false, headers: { authorization: `Bearer ${token}` } },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    request.once('error', () => {
      resolve(false);
    });
  });
}
