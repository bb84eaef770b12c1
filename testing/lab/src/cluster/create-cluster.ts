import { dirname } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import type { ApiServer } from '@sallyport/apiserver';
import { defaultCacheFolder, ensureKubectl, startApiServer } from '@sallyport/apiserver';
import { createKubectl, workspaceRoot } from '@sallyport/kit';
import { guestURL, kubeConfigFor } from '../kubernetes/kube-config-for.ts';
import { KubeProxy } from '../kubernetes/kube-proxy.ts';
import { Kubelet } from '../kubernetes/kubelet.ts';
import { ServiceController } from '../kubernetes/service-controller.ts';
import type { NodeAddresses } from '../network/address-plan.ts';
import { API_SERVER, EXTERNAL_SERVER, FLOW_PORTS, nodeAddresses } from '../network/address-plan.ts';
import { renderNetworkScript } from '../network/network-script.ts';
import { Flows } from '../traffic/flow.ts';
import { installServer, startServer } from '../traffic/server.ts';
import { Sniffer } from '../traffic/sniffer.ts';
import { bootGuest } from '../vm/boot-guest.ts';
import type { Guest } from '../vm/guest/guest.ts';
import { Closers } from './closers.ts';
import { Cluster } from './cluster.ts';
import type { NodeStandIns } from './node.ts';
import { ovsEnvironment, renderNodeScript } from './node-script.ts';
import { GUEST_WORKSPACE } from './sallyport.ts';
import { GUEST_KUBECTL_FOLDER, installShellCommands } from './shell-commands.ts';
import type { ClusterLog } from './steps.ts';
import { allOf, started, timed } from './steps.ts';

/** Options of a cluster. */
export interface ClusterOptions {
  /** Default 3. */
  readonly nodes?: number;
  /** Default: ignored. */
  readonly log?: ClusterLog;
  /** Its abort closes the cluster; `createCluster` rejects if it is still starting. */
  readonly signal?: AbortSignal;
}

/** The needs of every step of the set-up. */
interface SetUp {
  readonly addresses: readonly NodeAddresses[];
  readonly closers: Closers;
  readonly log: ClusterLog;
}

/** Limits that only a hang reaches: emulation on a busy machine is slow. */
const BOOT_TIMEOUT_MS = 120_000;
const STEP_TIMEOUT_MS = 120_000;

/**
 * Starts a cluster: boots the guest, starts the API server on the host, makes the networks and the
 * Nodes. Then it starts the stand-ins for kubelet, kube-proxy and the controllers of Services, the
 * external server and the sniffer. Rejects when a part is missing (no QEMU) or misses its deadline;
 * nothing is left behind then.
 */
export async function createCluster({
  nodes = 3,
  log = () => undefined,
  signal,
}: ClusterOptions = {}): Promise<Cluster> {
  signal?.throwIfAborted();
  const addresses = nodeAddresses(nodes);
  const closers = new Closers();
  const cleanUp = () =>
    closers.close().catch((error: unknown) => {
      log(`while cleaning up: ${String(error)}`);
    });
  signal?.addEventListener('abort', () => void cleanUp());
  try {
    return await startEverything({ addresses, closers, log });
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

async function startEverything(setUp: SetUp): Promise<Cluster> {
  const { addresses, closers, log } = setUp;
  const tools = await ensureKubectl(defaultCacheFolder(process.env), log);
  const [api, guest] = await allOf([
    timed(log, 'API server', () => startApi(setUp)),
    timed(log, 'guest', () => boot(setUp, dirname(tools.kubectl))),
  ]);
  const onHost = new KubeConfig();
  onHost.loadFromFile(api.kubeconfig);
  const kubeConfig = await kubeConfigFor(onHost, api.url);
  const inGuest = await kubeConfigFor(onHost, guestURL(api.url));
  await timed(log, 'networks', () => connect(guest, addresses, api.url));
  const flows = new Flows();
  const [standIns, sniffer] = await allOf([
    startCluster(setUp, guest, kubeConfig),
    timed(log, 'sniffer', () => Sniffer.start(guest, flows)),
    timed(log, 'external server', () => startExternalServer(guest)),
    installShellCommands(guest, inGuest.exportConfig()),
  ]);
  await closers.add('sniffer', () => sniffer.close());
  const kubectl = createKubectl(tools.kubectl, api.kubeconfig);
  return new Cluster({ ...setUp, guest, kubeConfig, kubectl, standIns, flows, sniffer });
}

function startApi({ closers, log }: SetUp): Promise<ApiServer> {
  const starting = startApiServer({ env: process.env, log });
  return started(closers, 'API server', starting, (server) => server.close());
}

function boot({ closers, log }: SetUp, kubectlFolder: string): Promise<Guest> {
  const shares = [
    { hostPath: workspaceRoot(), guestPath: GUEST_WORKSPACE },
    { hostPath: kubectlFolder, guestPath: GUEST_KUBECTL_FOLDER },
  ];
  const booting = bootGuest({ shares, bootTimeoutMs: BOOT_TIMEOUT_MS, onProgress: log });
  return started(closers, 'guest', booting, (guest) => guest.close());
}

/** Makes the networks in the guest, and the path from there to the host's API server. */
async function connect(
  guest: Guest,
  addresses: readonly NodeAddresses[],
  apiURL: string,
): Promise<void> {
  await guest.script(renderNetworkScript(addresses), { timeoutMs: STEP_TIMEOUT_MS });
  await guest.exposeHostPort({ listen: API_SERVER, hostPort: loopbackPort(apiURL) });
}

/** The port of a URL on the host's loopback: the guest reaches nothing else. */
function loopbackPort(url: string): number {
  const { hostname, port, protocol } = new URL(url);
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) {
    throw new Error(
      `API server ${url}: the lab reaches servers on this machine's loopback only; unset KUBECONFIG, or forward a local port to it`,
    );
  }
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

/** Makes the Nodes, then starts the stand-ins that work on them. */
async function startCluster(
  setUp: SetUp,
  guest: Guest,
  kubeConfig: KubeConfig,
): Promise<NodeStandIns> {
  const { addresses, log } = setUp;
  await timed(log, 'Nodes', () => startNodes(guest, addresses));
  return timed(log, 'kubelet, kube-proxy, Services', () => startStandIns(setUp, guest, kubeConfig));
}

async function startNodes(guest: Guest, nodes: readonly NodeAddresses[]): Promise<void> {
  await Promise.all(
    nodes.map((node) =>
      guest.script(renderNodeScript(node, nodes), {
        netns: node.name,
        env: ovsEnvironment(node.name),
        timeoutMs: STEP_TIMEOUT_MS,
      }),
    ),
  );
}

async function startStandIns(
  { addresses, closers, log }: SetUp,
  guest: Guest,
  kubeConfig: KubeConfig,
): Promise<NodeStandIns> {
  const names = addresses.map(({ name }) => name);
  const closing = <T extends { stop: () => Promise<void> }>(name: string, starting: Promise<T>) =>
    started(closers, name, starting, (standIn) => standIn.stop());
  const [kubelet, kubeProxy] = await allOf([
    closing('kubelet', Kubelet.start(guest, kubeConfig, addresses, log)),
    closing('kube-proxy', KubeProxy.start(guest, kubeConfig, names, log)),
    closing('Service controller', ServiceController.start(kubeConfig, log)),
  ]);
  return { kubelet, kubeProxy };
}

async function startExternalServer(guest: Guest): Promise<void> {
  await installServer(guest);
  const ports = `${String(FLOW_PORTS.first)}-${String(FLOW_PORTS.last)}`;
  await startServer(guest, EXTERNAL_SERVER.netns, [ports]);
}
