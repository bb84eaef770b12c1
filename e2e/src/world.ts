import { CustomObjectsApi } from '@kubernetes/client-node';
import { waitFor } from '@sallyport/kit';
import type { Cluster, FlowExpectation, LabPod, PodSpec, Sallyport } from '@sallyport/lab';
import { CONTROLLER, createCluster, egressIP, namespaceWithEnv, only } from '@sallyport/lab';

/**
 * The cluster that all end-to-end tests share, and the Pods in it. Every test leaves it as it found
 * it: without an Egress.
 */
export interface World {
  readonly cluster: Cluster;
  readonly sallyport: Sallyport;
  /** Namespace `prod` (env=prod), label role=web: `web.n1` on n1, and so on. */
  readonly web: Readonly<Record<NodeName, LabPod>>;
  /** Namespace `prod`, label role=db, on n1. */
  readonly db: LabPod;
  /** Namespace `dev` (env=dev), label role=web, on n1. */
  readonly devWeb: LabPod;
  /** Namespace `default`, on n3, serves port 80 on TCP and UDP. */
  readonly server: LabPod;
}

type NodeName = 'n1' | 'n2' | 'n3';

/**
 * For hangs only: an emulated cluster on a busy machine takes ten seconds for a second's work
 * elsewhere.
 */
const WAIT_MS = 60_000;

/** Waits that run programs in the guest leave it time for the programs that they wait for. */
export const GUEST_POLL = { timeoutMs: WAIT_MS, intervalMs: 250 } as const;

/** Egress IPs of the tests, in the Nodes' network. */
export const IP = egressIP(0);
export const OTHER_IP = egressIP(1);

/** A selector of an Egress as YAML would have it. */
export interface AppliedTo {
  readonly podSelector?: object;
  readonly namespaceSelector?: object;
}

/** The Pods with role=web in Namespaces with env=prod. */
export const WEB_OF_PROD: AppliedTo = {
  podSelector: { matchLabels: { role: 'web' } },
  namespaceSelector: { matchLabels: { env: 'prod' } },
};

/** The part of an Egress from the API server that tests look at. */
export interface EgressObject {
  readonly metadata: { readonly generation: number };
  readonly status?: {
    readonly egressNode?: string;
    readonly egressIP?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason: string;
      readonly message: string;
      readonly observedGeneration?: number;
    }[];
  };
}

/** Aborting `signal` closes the cluster, even one that comes up still. */
export async function createWorld(signal: AbortSignal): Promise<World> {
  const cluster = await createCluster({ nodes: 3, signal });
  try {
    await cluster.apply([namespaceWithEnv('prod'), namespaceWithEnv('dev')]);
    const specs = [
      prodPod('web-1', 'n1', 'web'),
      prodPod('web-2', 'n2', 'web'),
      prodPod('web-3', 'n3', 'web'),
      prodPod('db-1', 'n1', 'db'),
      { name: 'web-1', namespace: 'dev', node: 'n1', labels: { role: 'web' } },
      { name: 'server', node: 'n3', labels: { app: 'server' }, serves: [80] },
    ] as const satisfies readonly PodSpec[];
    const [sallyport, pods] = await Promise.all([
      cluster.installSallyport(),
      cluster.createPods(specs),
    ]);
    const [n1, n2, n3, db, devWeb, server] = pods as readonly [
      LabPod,
      LabPod,
      LabPod,
      LabPod,
      LabPod,
      LabPod,
    ];
    return { cluster, sallyport, web: { n1, n2, n3 }, db, devWeb, server };
  } catch (error) {
    const diagnosis = await cluster.diagnosis();
    await cluster.close();
    throw new Error(`the cluster of the end-to-end tests did not come up\n${diagnosis}`, {
      cause: error,
    });
  }
}

/** Creates or changes an Egress by `kubectl apply`. */
export async function applyEgress(
  { cluster }: World,
  name: string,
  spec: {
    readonly appliedTo?: AppliedTo;
    readonly egressIP?: string;
    readonly unavailable?: string;
  } = {},
): Promise<void> {
  await cluster.apply([
    {
      apiVersion: 'crd.antrea.io/v1beta1',
      kind: 'Egress',
      metadata: { name },
      spec: { appliedTo: WEB_OF_PROD, egressIP: IP, ...spec },
    },
  ]);
}

/**
 * Waits until status says that every Node concerned has the current generation of the Egress in its
 * dataplane.
 */
export async function untilRealized(world: World, name: string): Promise<void> {
  let last: EgressObject | undefined;
  await waitFor(
    `Egress ${name} to be realized`,
    async () => {
      last = await getEgress(world, name);
      const { metadata, status } = last;
      const realized = status?.conditions?.find(({ type }) => type === 'Realized');
      return realized?.status === 'True' && realized.observedGeneration === metadata.generation;
    },
    { timeoutMs: WAIT_MS, actual: () => JSON.stringify(last) },
  );
}

/** Whether a status has a condition with this value, and all of `words` in its message. */
export function says(type: string, status: string, ...words: readonly string[]) {
  return ({ conditions = [] }: NonNullable<EgressObject['status']>): boolean =>
    conditions.some(
      (condition) =>
        condition.type === type &&
        condition.status === status &&
        words.every((word) => condition.message.includes(word)),
    );
}

/** Waits until the status of an Egress is as it should be. */
export async function untilStatus(
  world: World,
  name: string,
  accept: (status: NonNullable<EgressObject['status']>) => boolean,
  what: string,
): Promise<void> {
  let last: EgressObject | undefined;
  await waitFor(
    `the status of Egress ${name}: ${what}`,
    async () => {
      last = await getEgress(world, name);
      return last.status !== undefined && accept(last.status);
    },
    { timeoutMs: WAIT_MS, actual: () => JSON.stringify(last?.status) },
  );
}

/** An Egress as the API server has it. Not by kubectl, since waits ask often. */
export async function getEgress(
  { cluster }: Pick<World, 'cluster'>,
  name: string,
): Promise<EgressObject> {
  const custom = cluster.kubeConfig.makeApiClient(CustomObjectsApi);
  const kind = { group: 'crd.antrea.io', version: 'v1beta1', plural: 'egresses' };
  return (await custom.getClusterCustomObject({ ...kind, name })) as EgressObject;
}

/**
 * Deletes all Egresses, takes their addresses from the Nodes, and waits until every Node and the
 * controller have noticed.
 */
export async function cleanUp(world: World): Promise<void> {
  const { cluster } = world;
  await cluster.kubectl(['delete', 'egress', '--all']);
  await Promise.all(
    cluster.nodes.map((node) =>
      node.script(
        `for ip in ${IP} ${OTHER_IP}; do ip address del "$ip/32" dev eth0 2>/dev/null || true; done`,
      ),
    ),
  );
  await untilNoPodIsRedirected(cluster);
  await waitFor(
    'the controller to notice that no Node has an egress IP',
    async () => {
      const nodes = await askController(world, '/debug/nodes');
      return !nodes.includes(IP) && !nodes.includes(OTHER_IP);
    },
    GUEST_POLL,
  );
}

/** The controller's answer to a GET. */
export async function askController({ cluster }: World, path: string): Promise<string> {
  const url = `http://${CONTROLLER.ip}:${CONTROLLER.port}${path}`;
  return (await cluster.guest.run(['curl', '-sS', url])).stdout;
}

/** Waits until the Node of a Pod drops its external packets. */
export async function untilDropped({ cluster }: World, pod: LabPod): Promise<void> {
  const entry = `${pod.ip} : jump path-blocked`;
  let last = '';
  await waitFor(
    `Node ${pod.node} to block ${pod.name}`,
    async () => {
      last = (await cluster.node(pod.node).script('nft list map inet sallyport paths4')).stdout;
      return last.includes(entry);
    },
    { ...GUEST_POLL, actual: () => last },
  );
}

/**
 * Waits until no Node redirects, translates or blocks packets of a Pod. A deleted Egress has no
 * status to wait for.
 */
export async function untilNoPodIsRedirected(cluster: Cluster): Promise<void> {
  await waitFor(
    'the agents to release the Pods',
    async () => {
      const sets = await Promise.all(
        cluster.nodes.map((node) => node.script('nft list set inet sallyport pods4')),
      );
      return !sets.some(({ stdout }) => stdout.includes('elements'));
    },
    GUEST_POLL,
  );
}

/** All packets of each sender come from the address in front of it, and there is one at least. */
export function each(
  ...expected: readonly (readonly [source: string, pod: LabPod])[]
): readonly FlowExpectation[] {
  return expected.map(([source, pod]) => ({ flow: pod.flow, expect: only(source) }));
}

function prodPod(name: string, node: NodeName, role: string): PodSpec {
  return {
    name,
    namespace: 'prod',
    node,
    labels: { role },
  };
}
