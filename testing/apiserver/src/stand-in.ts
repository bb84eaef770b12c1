import type { AddressInfo } from 'node:net';
import { isIPv6 } from 'node:net';
import { builtinResources } from './builtin/builtin-resources.ts';
import type { ServiceAllocations } from './builtin/service-strategy.ts';
import { CustomResources } from './crd/custom-resources.ts';
import { definitionResource, DEFINITIONS } from './crd/definition-resource.ts';
import { createApiServer } from './http/server.ts';
import type { JsonObject } from './model/json.ts';
import { listAt, stringAt, valueAt } from './model/json.ts';
import { GarbageCollector } from './rest/garbage-collector.ts';
import { Objects } from './rest/objects.ts';
import { Registry } from './rest/registry.ts';
import { Store } from './store/store.ts';

/** Settings of the stand-in. */
export interface StandInOptions {
  /** Where to listen; default 127.0.0.1 and a free port. */
  readonly listen?: { readonly host?: string; readonly port?: number };
  /** Milliseconds between the bookmarks of a watch; default one minute, as the API server's. */
  readonly bookmarkIntervalMs?: number;
  /** How many changes a watch may be behind before it gets 410; default 10 000. */
  readonly historyLimit?: number;
  /** The server's own faults; default: written to standard error. */
  readonly log?: (line: string) => void;
}

/** A running stand-in. */
export interface StandIn {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /**
   * Discards the history of changes, so that every watch from an older resourceVersion is answered
   * with 410.
   */
  readonly compact: () => void;
  readonly close: () => Promise<void>;
}

const NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** Starts the stand-in for kube-apiserver: plain HTTP, no authentication, everything in memory. */
export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const now = (): Date => new Date();
  const log = options.log ?? ((line: string) => process.stderr.write(`${line}\n`));
  // Revisions begin at the time in milliseconds: a restarted stand-in is ahead of its predecessor,
  // so old watches get 410.
  const store = new Store({
    firstRevision: Date.now(),
    historyLimit: options.historyLimit ?? 10_000,
  });
  const registry = new Registry();
  const collector = new GarbageCollector(store, registry, now);
  const objects = new Objects(store, now);

  for (const resource of [
    definitionResource(() => store.list(DEFINITIONS)),
    ...builtinResources(() => serviceAllocations(store)),
  ]) {
    registry.add(resource);
    collector.watch(resource);
  }
  const ownGroups = new Set(registry.all().map(({ group }) => group));
  new CustomResources({ store, registry, collector, now }).start();
  createDefaultServiceAccounts(store, objects, registry);
  bootstrap(objects, registry);

  const server = createApiServer({
    store,
    registry,
    objects,
    ownGroups,
    watch: { bookmarkIntervalMs: options.bookmarkIntervalMs ?? 60_000, now },
    onError: (error, request) => {
      log(
        `apiserver: ${request}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    },
  });
  const host = options.listen?.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.listen?.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${isIPv6(host) ? `[${host}]` : host}:${String(port)}`,
    compact: () => {
      store.compact();
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => {
          if (error === undefined) {
            resolve();
          } else {
            reject(error);
          }
        });
        server.closeAllConnections();
      }),
  };
}

function serviceAllocations(store: Store): ServiceAllocations {
  const services = store.list('/services');
  const clusterIPs = services.map((service) => stringAt(service, 'spec', 'clusterIP') ?? '');
  const ports = services
    .flatMap((service) => listAt(service, 'spec', 'ports'))
    .map((port) => valueAt(port, 'nodePort'));
  return {
    clusterIPs: new Set(clusterIPs),
    nodePorts: new Set(ports.filter((port) => typeof port === 'number')),
  };
}

/** Each new Namespace gets its ServiceAccount, as from a controller manager, but at once. */
function createDefaultServiceAccounts(store: Store, objects: Objects, registry: Registry): void {
  store.subscribe('/namespaces', store.revision, ({ type, object }) => {
    if (type === 'ADDED') {
      const account = { metadata: { name: 'default' } };
      create(objects, registry, 'serviceaccounts', object.metadata.name, account);
    }
  });
}

/** The first objects of every cluster: Namespaces, and range and first of the Services. */
function bootstrap(objects: Objects, registry: Registry): void {
  for (const name of NAMESPACES) {
    create(objects, registry, 'namespaces', undefined, { metadata: { name } });
  }
  create(
    objects,
    registry,
    'servicecidrs',
    undefined,
    { metadata: { name: 'kubernetes' }, spec: { cidrs: ['10.96.0.0/16'] } },
    'networking.k8s.io',
  );
  create(objects, registry, 'services', 'default', {
    metadata: { name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, targetPort: 6443 }] },
  });
}

function create(
  objects: Objects,
  registry: Registry,
  plural: string,
  namespace: string | undefined,
  object: JsonObject,
  group = '',
): void {
  const served = registry.find(group, 'v1', plural);
  if (served === undefined) {
    throw new Error(`no built-in resource ${plural}`);
  }
  objects.create(
    {
      served,
      namespace,
      subresource: undefined,
      query: new URLSearchParams(),
      warn: () => undefined,
      options: {
        dryRun: false,
        fieldManager: 'kube-apiserver',
        hasFieldManager: true,
        fieldValidation: 'Strict',
        force: false,
      },
    },
    { value: object, duplicates: [] },
  );
}
