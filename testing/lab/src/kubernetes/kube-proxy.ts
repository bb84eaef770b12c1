import type { KubeConfig, V1EndpointSlice, V1Service } from '@kubernetes/client-node';
import { CoreV1Api, DiscoveryV1Api } from '@kubernetes/client-node';
import { waitFor } from '@sallyport/kit';
import type { Guest } from '../vm/guest/guest.ts';
import type { KubeProxyTable } from './kube-proxy-rules.ts';
import { renderKubeProxyJumps, renderKubeProxyRules } from './kube-proxy-rules.ts';
import { Reconciler } from './reconciler.ts';
import type { ServicePort } from './service-port.ts';
import { servicePortsFor } from './service-port.ts';
import type { Watched } from './watched.ts';
import { watchObjects } from './watched.ts';

/**
 * The stand-in for kube-proxy on every Node: watches Services and EndpointSlices and writes the
 * same rules to all Nodes.
 */
export class KubeProxy {
  readonly #guest: Guest;
  readonly #nodes: readonly string[];
  readonly #reconciler: Reconciler;
  #services: Watched<V1Service> | undefined;
  #slices: Watched<V1EndpointSlice> | undefined;
  #restore = '';
  #chains: readonly string[] = [];
  #written: readonly ServicePort[] = [];

  private constructor(guest: Guest, nodes: readonly string[], log: (message: string) => void) {
    this.#guest = guest;
    this.#nodes = nodes;
    this.#reconciler = new Reconciler(
      () => this.#sync(),
      (_key, error) => {
        log(`kube-proxy: ${String(error)}`);
      },
    );
  }

  /** Starts watching; the Nodes' namespaces must exist, with kube-proxy's chains. */
  static async start(
    guest: Guest,
    kubeConfig: KubeConfig,
    nodes: readonly string[],
    log: (message: string) => void,
  ): Promise<KubeProxy> {
    const proxy = new KubeProxy(guest, nodes, log);
    const core = kubeConfig.makeApiClient(CoreV1Api);
    const discovery = kubeConfig.makeApiClient(DiscoveryV1Api);
    const onChange = () => {
      proxy.#reconciler.mark('rules');
    };
    [proxy.#services, proxy.#slices] = await Promise.all([
      watchObjects(
        kubeConfig,
        '/api/v1/services',
        () => core.listServiceForAllNamespaces(),
        onChange,
      ),
      watchObjects(
        kubeConfig,
        '/apis/discovery.k8s.io/v1/endpointslices',
        () => discovery.listEndpointSliceForAllNamespaces(),
        onChange,
      ),
    ]);
    onChange();
    return proxy;
  }

  /**
   * Waits until every Node has rules for all ports of the Service, each with at least one endpoint.
   */
  async untilReady(namespace: string, service: string): Promise<void> {
    const key = `${namespace}/${service}`;
    await waitFor(
      `Service ${key} to have endpoints in the Nodes' rules`,
      () => {
        const ports = this.#written.filter(
          (port) => port.key === key || port.key.startsWith(`${key}:`),
        );
        return ports.length > 0 && ports.every((port) => port.endpoints.length > 0);
      },
      { actual: () => JSON.stringify(this.#written) },
    );
  }

  /** Writes one table of one Node again, after somebody flushed it. */
  async rewrite(node: string, table: KubeProxyTable): Promise<void> {
    await this.#restoreOn([node], `${renderKubeProxyJumps(table)}\n${this.#restore}`);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#services?.stop(), this.#slices?.stop(), this.#reconciler.stop()]);
  }

  async #sync(): Promise<void> {
    const ports = servicePortsFor(this.#services?.list() ?? [], this.#slices?.list() ?? []);
    const { restore, chains } = renderKubeProxyRules(ports, this.#chains);
    if (restore !== this.#restore) {
      await this.#restoreOn(this.#nodes, restore);
    }
    this.#restore = renderKubeProxyRules(ports, []).restore;
    this.#chains = chains;
    this.#written = ports;
  }

  async #restoreOn(nodes: readonly string[], rules: string): Promise<void> {
    await this.#guest.script(
      [
        "rules=$(cat <<'RULES'",
        rules,
        'RULES',
        ')',
        'jobs=()',
        `for node in ${nodes.join(' ')}; do ip netns exec "$node" iptables-restore --noflush <<<"$rules" & jobs+=($!); done`,
        'for job in "${jobs[@]}"; do wait "$job"; done',
      ].join('\n'),
    );
  }
}
