import type { KubeConfig, V1Node } from '@kubernetes/client-node';
import {
  CoordinationV1Api,
  PatchStrategy,
  setHeaderOptions,
  V1MicroTime,
} from '@kubernetes/client-node';

/** As kubelets do: a real controller manager calls a Node dead after 40 s without a renewal. */
const INTERVAL_MS = 10_000;
const LEASE_SECONDS = 40;

/**
 * Renews the Lease of each Node. Without it, a real controller manager marks the Nodes as not ready
 * after 40 s and deletes their Pods after five minutes.
 */
export class NodeHeartbeat {
  readonly #coordination: CoordinationV1Api;
  readonly #log: (message: string) => void;
  readonly #alive = new Map<string, V1Node>();
  readonly #timer: NodeJS.Timeout;

  private constructor(
    kubeConfig: KubeConfig,
    nodes: readonly V1Node[],
    log: (message: string) => void,
  ) {
    this.#coordination = kubeConfig.makeApiClient(CoordinationV1Api);
    this.#log = log;
    for (const node of nodes) {
      this.#alive.set(node.metadata?.name ?? '', node);
    }
    this.#timer = setInterval(() => {
      void this.#renewAll();
    }, INTERVAL_MS);
  }

  /** Renews the Leases of `nodes` now, and then every 10 s. */
  static async start(
    kubeConfig: KubeConfig,
    nodes: readonly V1Node[],
    log: (message: string) => void,
  ): Promise<NodeHeartbeat> {
    const heartbeat = new NodeHeartbeat(kubeConfig, nodes, log);
    await heartbeat.#renewAll();
    return heartbeat;
  }

  /** The Node is dead from now on. */
  abandon(node: string): void {
    this.#alive.delete(node);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#alive.clear();
  }

  async #renewAll(): Promise<void> {
    await Promise.all([...this.#alive].map(([name, node]) => this.#renew(name, node)));
  }

  async #renew(name: string, node: V1Node): Promise<void> {
    const owner = { apiVersion: 'v1', kind: 'Node', name, uid: node.metadata?.uid ?? '' };
    try {
      await this.#coordination.patchNamespacedLease(
        {
          namespace: 'kube-node-lease',
          name,
          fieldManager: 'lab-kubelet',
          force: true,
          body: {
            apiVersion: 'coordination.k8s.io/v1',
            kind: 'Lease',
            metadata: { name, ownerReferences: [owner] },
            spec: {
              holderIdentity: name,
              leaseDurationSeconds: LEASE_SECONDS,
              renewTime: new V1MicroTime(),
            },
          },
        },
        setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
      );
    } catch (error) {
      // The next renewal makes up for it.
      this.#log(`kubelet: Lease of Node ${name}: ${String(error)}`);
    }
  }
}
