import type { KubeConfig, V1Pod, V1Service } from '@kubernetes/client-node';
import {
  CoreV1Api,
  DiscoveryV1Api,
  PatchStrategy,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { LOAD_BALANCER_IP } from '../network/address-plan.ts';
import { endpointSliceFor } from './endpoint-slice.ts';
import { Reconciler } from './reconciler.ts';
import type { Watched } from './watched.ts';
import { watchObjects } from './watched.ts';

/**
 * The stand-in for two controllers. That of kube-controller-manager writes the EndpointSlices of
 * Services with a selector; that of a cloud gives Services of type LoadBalancer their address.
 */
export class ServiceController {
  readonly #core: CoreV1Api;
  readonly #discovery: DiscoveryV1Api;
  readonly #reconciler: Reconciler;
  readonly #written = new Map<string, string>();
  #services: Watched<V1Service> | undefined;
  #pods: Watched<V1Pod> | undefined;

  private constructor(kubeConfig: KubeConfig, log: (message: string) => void) {
    this.#core = kubeConfig.makeApiClient(CoreV1Api);
    this.#discovery = kubeConfig.makeApiClient(DiscoveryV1Api);
    this.#reconciler = new Reconciler(
      () => this.#sync(),
      (_key, error) => {
        log(`service controller: ${String(error)}`);
      },
    );
  }

  static async start(
    kubeConfig: KubeConfig,
    log: (message: string) => void,
  ): Promise<ServiceController> {
    const controller = new ServiceController(kubeConfig, log);
    const onChange = () => {
      controller.#reconciler.mark('services');
    };
    [controller.#services, controller.#pods] = await Promise.all([
      watchObjects(
        kubeConfig,
        '/api/v1/services',
        () => controller.#core.listServiceForAllNamespaces(),
        onChange,
      ),
      watchObjects(
        kubeConfig,
        '/api/v1/pods',
        () => controller.#core.listPodForAllNamespaces(),
        onChange,
      ),
    ]);
    onChange();
    return controller;
  }

  async stop(): Promise<void> {
    await Promise.all([this.#services?.stop(), this.#pods?.stop(), this.#reconciler.stop()]);
  }

  async #sync(): Promise<void> {
    const services = this.#services?.list() ?? [];
    await Promise.all(services.map((service) => this.#syncService(service)));
    await this.#deleteLeftOvers(services);
  }

  async #syncService(service: V1Service): Promise<void> {
    const { name = '', namespace = '' } = service.metadata ?? {};
    if (
      service.spec?.type === 'LoadBalancer' &&
      service.status?.loadBalancer?.ingress === undefined
    ) {
      await this.#core.patchNamespacedServiceStatus(
        {
          name,
          namespace,
          body: { status: { loadBalancer: { ingress: [{ ip: LOAD_BALANCER_IP }] } } },
        },
        setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
      );
    }
    const slice = endpointSliceFor(service, this.#pods?.list() ?? []);
    const text = JSON.stringify(slice);
    const key = `${namespace}/${name}-lab`;
    if (slice === undefined || this.#written.get(key) === text) {
      return;
    }
    await this.#discovery.patchNamespacedEndpointSlice(
      { name: `${name}-lab`, namespace, body: slice, fieldManager: 'lab', force: true },
      setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
    );
    this.#written.set(key, text);
  }

  async #deleteLeftOvers(services: readonly V1Service[]): Promise<void> {
    const wanted = new Set(
      services.map(({ metadata }) => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}-lab`),
    );
    for (const key of [...this.#written.keys()].filter((candidate) => !wanted.has(candidate))) {
      const [namespace = '', name = ''] = key.split('/');
      await this.#discovery.deleteNamespacedEndpointSlice({ name, namespace });
      this.#written.delete(key);
    }
  }
}
