import type { KubeConfig, V1Node, V1Pod } from '@kubernetes/client-node';
import { ApiException, CoreV1Api, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { NodeAddresses } from '../network/address-plan.ts';
import { startServer } from '../traffic/server.ts';
import type { Guest, GuestProcess } from '../vm/guest/guest.ts';
import type { Attachment } from './cni.ts';
import { podIPFromCniResult, podNetns, renderCniAdd, renderCniDel } from './cni.ts';
import { NodeHeartbeat } from './node-heartbeat.ts';
import { runningStatus, serverPorts } from './pod-status.ts';
import { Reconciler } from './reconciler.ts';
import type { Watched } from './watched.ts';
import { watchObjects } from './watched.ts';

/** A limit for plugins that hang: several Pods may be wired at a time, under emulation. */
const WIRING_TIMEOUT_MS = 120_000;

/** A Pod that runs in the guest. */
interface RunningPod {
  readonly key: string;
  readonly uid: string;
  readonly ip: string;
  readonly startedAt: Date;
  /** Absent for Pods on the Node's own network. */
  readonly attachment?: Attachment;
  readonly server?: GuestProcess;
}

/**
 * The stand-in for the kubelets. It registers the Nodes, and runs each Pod of a Node as a network
 * namespace that CNI plugins wire. A Pod has no containers: with the lab's server image it is one
 * process.
 */
export class Kubelet {
  readonly #guest: Guest;
  readonly #core: CoreV1Api;
  readonly #nodes: ReadonlyMap<string, NodeAddresses>;
  readonly #reconciler: Reconciler;
  readonly #running = new Map<string, RunningPod>();
  readonly #deadNodes = new Set<string>();
  #pods: Watched<V1Pod> | undefined;
  #heartbeat: NodeHeartbeat | undefined;

  private constructor(
    guest: Guest,
    kubeConfig: KubeConfig,
    nodes: readonly NodeAddresses[],
    log: (message: string) => void,
  ) {
    this.#guest = guest;
    this.#core = kubeConfig.makeApiClient(CoreV1Api);
    this.#nodes = new Map(nodes.map((node) => [node.name, node]));
    this.#reconciler = new Reconciler(
      (key) => this.#reconcile(key),
      (key, error) => {
        log(`kubelet: Pod ${key}: ${String(error)}`);
      },
    );
  }

  /** Registers the Nodes and starts to run Pods; the Nodes' namespaces must be ready. */
  static async start(
    guest: Guest,
    kubeConfig: KubeConfig,
    nodes: readonly NodeAddresses[],
    log: (message: string) => void,
  ): Promise<Kubelet> {
    const kubelet = new Kubelet(guest, kubeConfig, nodes, log);
    const registered = await Promise.all(nodes.map((node) => kubelet.#register(node)));
    kubelet.#heartbeat = await NodeHeartbeat.start(kubeConfig, registered, log);
    kubelet.#pods = await watchObjects(
      kubeConfig,
      '/api/v1/pods',
      () => kubelet.#core.listPodForAllNamespaces(),
      (pod) => {
        kubelet.#reconciler.mark(`${pod.metadata?.namespace ?? ''}/${pod.metadata?.name ?? ''}`);
      },
    );
    return kubelet;
  }

  /** The kubelet of the Node is dead: nothing happens on the Node from now on. */
  abandon(node: string): void {
    this.#deadNodes.add(node);
    this.#heartbeat?.abandon(node);
  }

  async stop(): Promise<void> {
    this.#heartbeat?.stop();
    await Promise.all([this.#pods?.stop(), this.#reconciler.stop()]);
  }

  async #register({ name, ip, podCIDR }: NodeAddresses): Promise<V1Node> {
    const body = {
      metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' } },
      spec: { podCIDR, podCIDRs: [podCIDR] },
    };
    await this.#core.createNode({ body });
    const now = new Date();
    return this.#core.patchNodeStatus(
      {
        name,
        body: {
          status: {
            addresses: [
              { type: 'InternalIP', address: ip },
              { type: 'Hostname', address: name },
            ],
            conditions: [
              {
                type: 'Ready',
                status: 'True',
                reason: 'KubeletReady',
                lastHeartbeatTime: now,
                lastTransitionTime: now,
              },
            ],
          },
        },
      },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
  }

  async #reconcile(key: string): Promise<void> {
    const [namespace = '', name = ''] = key.split('/');
    const pod = this.#pods?.get(namespace, name);
    const running = this.#running.get(key);
    if (running !== undefined && !isToRun(running, pod)) {
      await this.#end(running);
    }
    const node = this.#nodes.get(pod?.spec?.nodeName ?? '');
    if (pod === undefined || node === undefined || this.#deadNodes.has(node.name)) {
      return;
    }
    if (isTerminating(pod)) {
      await this.#finishDeletion(pod, namespace, name);
    } else {
      await this.#report(pod, node, this.#running.get(key) ?? (await this.#begin(key, pod, node)));
    }
  }

  async #begin(key: string, pod: V1Pod, node: NodeAddresses): Promise<RunningPod> {
    const uid = pod.metadata?.uid ?? '';
    const ports = serverPorts(pod);
    const isOnHost = pod.spec?.hostNetwork === true;
    const attachment = {
      node,
      containerID: uid,
      netns: podNetns(pod.metadata?.namespace ?? '', pod.metadata?.name ?? ''),
    };
    const ip = isOnHost ? node.ip : await this.#wire(attachment);
    const attached = { key, uid, ip, startedAt: new Date(), ...(isOnHost ? {} : { attachment }) };
    // Remembered before the server starts: if a later step fails, #end removes the namespace.
    this.#running.set(key, attached);
    if (ports.length === 0) {
      return attached;
    }
    const server = await startServer(
      this.#guest,
      isOnHost ? node.name : attachment.netns,
      ports.map(String),
    );
    const running = { ...attached, server };
    this.#running.set(key, running);
    return running;
  }

  async #wire(attachment: Attachment): Promise<string> {
    const { stdout } = await this.#guest.script(renderCniAdd(attachment), {
      timeoutMs: WIRING_TIMEOUT_MS,
    });
    return podIPFromCniResult(stdout);
  }

  async #report(pod: V1Pod, node: NodeAddresses, running: RunningPod): Promise<void> {
    if (pod.status?.podIP === running.ip && pod.status.phase === 'Running') {
      return;
    }
    await this.#core.patchNamespacedPodStatus(
      {
        namespace: pod.metadata?.namespace ?? '',
        name: pod.metadata?.name ?? '',
        body: {
          metadata: { uid: running.uid },
          status: runningStatus(pod, running.ip, node.ip, running.startedAt),
        },
      },
      setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
    );
  }

  async #end({ key, attachment, server }: RunningPod): Promise<void> {
    await server?.kill('SIGKILL');
    if (attachment !== undefined && !this.#deadNodes.has(attachment.node.name)) {
      await this.#guest.script(renderCniDel(attachment));
    }
    this.#running.delete(key);
  }

  /** The API server removes the object when the kubelet reports the end of the Pod. */
  async #finishDeletion(pod: V1Pod, namespace: string, name: string): Promise<void> {
    try {
      await this.#core.deleteNamespacedPod({
        namespace,
        name,
        body: { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata?.uid ?? '' } },
      });
    } catch (error) {
      if (!isApiError(error, 404) && !isApiError(error, 409)) {
        throw error;
      }
    }
  }
}

/** Whether the Pod that runs is still the one of the API server, and is to go on. */
function isToRun(running: RunningPod, pod: V1Pod | undefined): boolean {
  return pod !== undefined && running.uid === pod.metadata?.uid && !isTerminating(pod);
}

function isTerminating(pod: V1Pod): boolean {
  return pod.metadata?.deletionTimestamp !== undefined;
}

function isApiError(error: unknown, code: number): boolean {
  return error instanceof ApiException && error.code === code;
}
