import type { KubeConfig } from '@kubernetes/client-node';
import { CoreV1Api } from '@kubernetes/client-node';
import type { Kubectl, KubectlOptions } from '@sallyport/kit';
import { waitFor } from '@sallyport/kit';
import type { NodeAddresses } from '../network/address-plan.ts';
import { CONTROLLER, EXTERNAL_SERVER } from '../network/address-plan.ts';
import { lanPort } from '../network/network-script.ts';
import type { Flows } from '../traffic/flow.ts';
import { Sender } from '../traffic/sender.ts';
import type { Sniffer } from '../traffic/sniffer.ts';
import type { Guest } from '../vm/guest/guest.ts';
import type { Closers } from './closers.ts';
import { diagnose } from './diagnosis.ts';
import type { NodeStandIns } from './node.ts';
import { LabNode } from './node.ts';
import { ovsRunDir } from './node-script.ts';
import type { PodSpec } from './pod.ts';
import { LabPod, podManifest } from './pod.ts';
import { Sallyport } from './sallyport.ts';
import type { ClusterLog } from './steps.ts';

/** Limit for a Pod to run: Node.js starts slowly under emulation. */
const POD_TIMEOUT_MS = 300_000;

/** The parts of a cluster that `createCluster` made. */
export interface ClusterParts {
  readonly guest: Guest;
  readonly kubeConfig: KubeConfig;
  readonly kubectl: Kubectl;
  readonly addresses: readonly NodeAddresses[];
  readonly standIns: NodeStandIns;
  readonly flows: Flows;
  readonly sniffer: Sniffer;
  readonly closers: Closers;
  readonly log: ClusterLog;
}

/** A running cluster in the lab. */
export class Cluster {
  readonly guest: Guest;
  readonly kubeConfig: KubeConfig;
  readonly nodes: readonly LabNode[];
  readonly sniffer: Sniffer;
  /** The server outside of the cluster, as a client: to reach NodePorts and the load balancer. */
  readonly external: Sender;
  readonly #parts: ClusterParts;
  #sallyport: Sallyport | undefined;

  constructor(parts: ClusterParts) {
    this.#parts = parts;
    this.guest = parts.guest;
    this.kubeConfig = parts.kubeConfig;
    this.sniffer = parts.sniffer;
    this.nodes = parts.addresses.map(
      (addresses) =>
        new LabNode(parts.guest, addresses, parts.flows.for(addresses.name), parts.standIns),
    );
    this.external = new Sender(
      parts.guest,
      'external server',
      EXTERNAL_SERVER.netns,
      parts.flows.for('external server'),
    );
  }

  /** The Node of that name. Throws when there is none. */
  node(name: string): LabNode {
    const node = this.nodes.find((candidate) => candidate.name === name);
    if (node === undefined) {
      throw new Error(
        `no Node "${name}": there are ${this.nodes.map((candidate) => candidate.name).join(', ')}`,
      );
    }
    return node;
  }

  /**
   * Runs kubectl on the host, e.g. `kubectl(['get', 'egress', '-o', 'json'])`, and returns its
   * stdout. Throws `KubectlError`.
   */
  kubectl(args: readonly string[], options?: KubectlOptions): Promise<string> {
    return this.#parts.kubectl.run(args, options);
  }

  /** `kubectl apply -f -` of one YAML text or of objects. */
  async apply(manifests: string | readonly object[]): Promise<void> {
    // Separate documents: kubectl validates a List itself instead of asking the API server.
    const stdin =
      typeof manifests === 'string'
        ? manifests
        : manifests.map((object) => JSON.stringify(object)).join('\n---\n');
    await this.kubectl(['apply', '-f', '-'], { stdin });
  }

  /** Creates Pods by `kubectl apply` and waits until they run. In the order of `specs`. */
  async createPods(specs: readonly PodSpec[]): Promise<readonly LabPod[]> {
    await this.apply(specs.map(podManifest));
    return Promise.all(specs.map(({ name, namespace }) => this.pod(name, namespace)));
  }

  /** Creates one Pod; see `createPods`. */
  async createPod(spec: PodSpec): Promise<LabPod> {
    await this.apply([podManifest(spec)]);
    return this.pod(spec.name, spec.namespace);
  }

  /** A Pod that exists, however it was created; waits until it runs. */
  async pod(name: string, namespace = 'default'): Promise<LabPod> {
    const core = this.kubeConfig.makeApiClient(CoreV1Api);
    let phase = 'not there';
    const identity = await waitFor(
      `Pod ${namespace}/${name} to run`,
      async () => {
        const pod = await core.readNamespacedPod({ name, namespace }).catch(() => undefined);
        phase = pod?.status?.phase ?? phase;
        const isRunning = phase === 'Running' && pod?.metadata?.deletionTimestamp === undefined;
        const ip = pod?.status?.podIP;
        return isRunning && ip !== undefined
          ? { namespace, name, ip, node: pod?.spec?.nodeName ?? '' }
          : undefined;
      },
      { timeoutMs: POD_TIMEOUT_MS, actual: () => phase },
    );
    return new LabPod(this.guest, identity, this.#parts.flows.for(`${namespace}/${name}`));
  }

  /** Waits until the rules of every Node lead from the Service to an endpoint. */
  async untilServiceReady(name: string, namespace = 'default'): Promise<void> {
    await this.#parts.standIns.kubeProxy.untilReady(namespace, name);
  }

  /**
   * Installs the CRDs, the controller and an agent on each Node, and waits until they are ready.
   */
  async installSallyport(): Promise<Sallyport> {
    const { guest, log, closers } = this.#parts;
    this.#sallyport ??= await Sallyport.install({
      guest,
      log,
      nodes: this.#parts.addresses,
      apply: (path) => this.kubectl(['apply', '-f', path]),
      onCreated: (sallyport) => {
        this.#sallyport = sallyport;
        return closers.add('Sallyport', () => sallyport.close());
      },
    });
    return this.#sallyport;
  }

  /** Cuts the link of the controller: nobody reaches it, and it reaches nobody. */
  async partitionController(): Promise<void> {
    await this.guest.run(['ip', 'link', 'set', lanPort(CONTROLLER.netns), 'down']);
  }

  /** Undoes `partitionController`. */
  async healController(): Promise<void> {
    await this.guest.run(['ip', 'link', 'set', lanPort(CONTROLLER.netns), 'up']);
  }

  /**
   * A log: of `controller`, `agent-n1`, … or of a Node's `ovs-vswitchd-n1`, `ovsdb-server-n1`, ….
   */
  async logs(name: string): Promise<string> {
    const [, daemon, node] = /^(ovs-vswitchd|ovsdb-server)-(\w+)$/.exec(name) ?? [];
    if (daemon !== undefined && node !== undefined) {
      return this.guest.readFile(`${ovsRunDir(node)}/${daemon}.log`);
    }
    const component = this.#sallyport?.components.find((candidate) => candidate.name === name);
    if (component === undefined) {
      throw new Error(
        `no log "${name}": there are ${[...(this.#sallyport?.components ?? []).map((known) => known.name), 'ovs-vswitchd-<node>', 'ovsdb-server-<node>'].join(', ')}`,
      );
    }
    return component.log;
  }

  /** State and logs of everything, to explain a failure in the test's output. Never throws. */
  async diagnosis(): Promise<string> {
    return diagnose(this.nodes, this.#sallyport, (args) => this.kubectl(args), this.guest);
  }

  /**
   * Ends everything: processes, API server, guest. Bounded and idempotent. Throws when the sniffer
   * missed packets.
   */
  async close(): Promise<void> {
    await this.#parts.closers.close();
  }
}
