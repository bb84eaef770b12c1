import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, readFile, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { writeKubeconfig } from './kubeconfig.ts';

/** What starting a real API server needs. */
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
const STOP_DEADLINE_MS = 10_000;

/**
 * Starts etcd and kube-apiserver on free ports of 127.0.0.1 and waits until `/readyz` says ok.
 * Throws after 60 s, with the log's end.
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
  const token = randomBytes(24).toString('hex');
  const keyFile = join(folder, 'service-account.key');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(keyFile, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  await writeFile(join(folder, 'tokens.csv'), `${token},admin,admin,system:masters\n`, {
    mode: 0o600,
  });
  const etcdUrl = `http://127.0.0.1:${String(etcdPort)}`;
  const peerUrl = `http://127.0.0.1:${String(etcdPeerPort)}`;
  const processes: ChildProcess[] = [];
  const close = async (): Promise<void> => {
    for (const child of [...processes].reverse()) {
      await stop(child);
    }
  };
  try {
    log(`apiserver: starting etcd and kube-apiserver of ${assets}`);
    processes.push(
      run(join(assets, 'etcd'), folder, [
        `--data-dir=${join(folder, 'etcd')}`,
        `--listen-client-urls=${etcdUrl}`,
        `--advertise-client-urls=${etcdUrl}`,
        `--listen-peer-urls=${peerUrl}`,
        '--unsafe-no-fsync=true',
      ]),
    );
    processes.push(
      run(join(assets, 'kube-apiserver'), folder, [
        `--etcd-servers=${etcdUrl}`,
        `--cert-dir=${folder}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${String(port)}`,
        `--token-auth-file=${join(folder, 'tokens.csv')}`,
        '--authorization-mode=RBAC',
        '--service-cluster-ip-range=10.96.0.0/16',
        '--service-account-issuer=https://127.0.0.1/',
        `--service-account-key-file=${keyFile}`,
        `--service-account-signing-key-file=${keyFile}`,
        // No controller makes the ServiceAccounts and tokens that this plugin waits for.
        '--disable-admission-plugins=ServiceAccount',
        '--allow-privileged=true',
      ]),
    );
    const url = `https://127.0.0.1:${String(port)}`;
    await ready(url, token, folder);
    const kubeconfig = await writeKubeconfig(folder, {
      url,
      token,
      certificateAuthority: join(folder, 'apiserver.crt'),
    });
    log(`apiserver: kube-apiserver at ${url}`);
    return { url, kubeconfig, close };
  } catch (error) {
    await close();
    throw error;
  }
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

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
    return;
  }
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  await exited;
  clearTimeout(killer);
}

function run(binary: string, folder: string, args: readonly string[]): ChildProcess {
  const output = createWriteStream(join(folder, 'servers.log'), { flags: 'a' });
  const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  child.once('error', (error) => output.write(`${binary}: ${error.message}\n`));
  return child;
}

async function ready(url: string, token: string, folder: string): Promise<void> {
  const deadline = Date.now() + READY_DEADLINE_MS;
  while (Date.now() < deadline) {
    if (await isReady(url, token)) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const output = await readFile(join(folder, 'servers.log'), 'utf8').catch(() => '(no output)');
  throw new Error(
    `kube-apiserver was not ready within ${String(READY_DEADLINE_MS / 1000)} s; the end of its log:\n${output.slice(-4000)}`,
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
