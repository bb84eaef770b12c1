import { dirname } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { defaultCacheFolder, ensureKubectl, startApiServer } from '@sallyport/apiserver';
import { workspaceRoot } from '@sallyport/kit';
import { Flows } from '../traffic/flow.ts';
import { Sniffer } from '../traffic/sniffer.ts';
import { bootGuest } from '../vm/boot-guest.ts';
import type { Guest } from '../vm/guest.ts';
import type { NodeAddresses } from './address-plan.ts';
import { API_SERVER, EXTERNAL_SERVER, FLOW_PORTS, nodeAddresses } from './address-plan.ts';
import { Closers } from './closers.ts';
import { Cluster } from './cluster.ts';
import type { ClusterLog } from './cluster-log.ts';
import { timed } from './cluster-log.ts';
import { guestURL, kubeConfigFor } from './kube-config-for.ts';
import { KubeProxy } from './kube-proxy.ts';
import { Kubelet } from './kubelet.ts';
import { renderNetworkScript } from './network-script.ts';
import { ovsEnvironment, renderNodeScript } from './node-script.ts';
import { GUEST_WORKSPACE } from './sallyport.ts';
import { installServer, startServer } from './server.ts';
import { ServiceController } from './service-controller.ts';
import { GUEST_KUBECTL_FOLDER, installShellCommands } from './shell-commands.ts';

/** What a cluster is made of. */
export interface ClusterOptions {
  /** Default 3. */
  readonly nodes?: number;
  /** Default: nobody is told. */
  readonly log?: ClusterLog;
  /**
   * Closes the cluster when it is aborted, whether it is up already or comes up still:
   * `createCluster` rejects then.
   */
  readonly signal?: AbortSignal;
}

/**
 * Deadlines are for what hangs: generous, since a machine may be busy with other things and
 * emulation multiplies that.
 */
const BOOT_TIMEOUT_MS = 120_000;
const STEP_TIMEOUT_MS = 120_000;

/**
 * Brings up a cluster: boots the guest, starts the API server on the host, makes the networks and
 * the Nodes, and starts the stand-ins for kubelet, kube-proxy and the controllers of Services, the
 * external server and the sniffer. Rejects with the reason when something could not be had (no
 * QEMU, a missed deadline); nothing is left behind then.
 */
export async function createCluster({
  nodes: count = 3,
  log = () => undefined,
  signal,
}: ClusterOptions = {}): Promise<Cluster> {
  signal?.throwIfAborted();
  const addresses = nodeAddresses(count);
  const names = addresses.map(({ name }) => name);
  const closers = new Closers();
  const cleanUp = () =>
    closers.close().catch((error: unknown) => {
      log(`while cleaning up: ${String(error)}`);
    });
  signal?.addEventListener('abort', () => void cleanUp());
  try {
    const { kubectl } = await ensureKubectl(defaultCacheFolder(process.env), log);
    const [api, guest] = await allOf([
      timed(log, 'API server', async () => {
        const server = await startApiServer({ env: process.env, log });
        await closers.add('API server', () => server.close());
        return server;
      }),
      timed(log, 'guest', async () => {
        const shares = [
          { hostPath: workspaceRoot(), guestPath: GUEST_WORKSPACE },
          { hostPath: dirname(kubectl), guestPath: GUEST_KUBECTL_FOLDER },
        ];
        const booted = await bootGuest({ shares, bootTimeoutMs: BOOT_TIMEOUT_MS, onProgress: log });
        await closers.add('guest', () => booted.close());
        return booted;
      }),
    ]);
    const onHost = new KubeConfig();
    onHost.loadFromFile(api.kubeconfig);
    const kubeConfig = await kubeConfigFor(onHost, api.url);
    const inGuest = await kubeConfigFor(onHost, guestURL(api.url));
    await timed(log, 'networks', () =>
      guest.script(renderNetworkScript(addresses), { timeoutMs: STEP_TIMEOUT_MS }),
    );
    await timed(log, 'way to the API server', () =>
      guest.exposeHostPort({ listen: API_SERVER, hostPort: loopbackPort(api.url) }),
    );
    const flows = new Flows();
    const startStandIns = async () => {
      await timed(log, 'Nodes', () => startNodes(guest, addresses));
      return timed(log, 'kubelet, kube-proxy, Services', async () => {
        const closing = async <T extends { stop: () => Promise<void> }>(
          name: string,
          starting: Promise<T>,
        ) => {
          const started = await starting;
          await closers.add(name, () => started.stop());
          return started;
        };
        const [kubelet, kubeProxy] = await allOf([
          closing('kubelet', Kubelet.start(guest, kubeConfig, addresses, log)),
          closing('kube-proxy', KubeProxy.start(guest, kubeConfig, names, log)),
          closing('Service controller', ServiceController.start(kubeConfig, log)),
        ]);
        return { kubelet, kubeProxy };
      });
    };
    const [sniffer, standIns] = await allOf([
      timed(log, 'sniffer', () => Sniffer.start(guest, flows)),
      startStandIns(),
      timed(log, 'external server', async () => {
        await installServer(guest);
        await startServer(guest, EXTERNAL_SERVER.netns, [
          `${String(FLOW_PORTS.first)}-${String(FLOW_PORTS.last)}`,
        ]);
      }),
      installShellCommands(guest, inGuest.exportConfig()),
    ]);
    await closers.add('sniffer', () => sniffer.close());
    return new Cluster({
      ...{
        guest,
        kubeConfig,
        kubeconfig: api.kubeconfig,
        kubectl,
        addresses,
        standIns,
        flows,
        sniffer,
        closers,
        log,
      },
    });
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

/**
 * As Promise.all, but when one fails it waits for the others before it rejects, so that what they
 * started can be closed.
 */
async function allOf<const T extends readonly Promise<unknown>[]>(
  promises: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
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

async function startNodes(guest: Guest, nodes: readonly NodeAddresses[]): Promise<void> {
  await Promise.all(
    nodes.map((node) =>
      guest.script(renderNodeScript(node, nodes), {
        netns: node.name,
        env: ovsEnvironment(node.name),
        timeoutMs: 60_000,
      }),
    ),
  );
}
