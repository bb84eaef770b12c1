import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Condition, EgressResource, EgressStatus } from '@sallyport/api';
import type { ApiServer } from '@sallyport/apiserver';
import { startApiServer } from '@sallyport/apiserver';
import { waitFor } from '@sallyport/kit';
import type { KubeClient } from '@sallyport/kube';
import { createKubeClient, KubeApiError } from '@sallyport/kube';
import { parse } from 'yaml';

const CRDS = new URL('../../../../libs/api/crds/', import.meta.url);
const CRD_PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
export const EGRESSES = '/apis/crd.antrea.io/v1beta1/egresses';
/** Names of this test file, which may share an API server with other files and programs. */
export const RUN = `it-${randomUUID().slice(0, 8)}`;
export const NAMESPACE = `${RUN}-prod`;
export const [N1, N2] = [`${RUN}-n1`, `${RUN}-n2`];
export const IP = '192.0.2.10';
/** A limit that only a hang reaches. */
export const TIMEOUT_MS = 120_000;

let apiServer: ApiServer;
export let client: KubeClient;
/** Called in reverse order after each test. */
const cleanUps: (() => Promise<unknown>)[] = [];

export const api = {
  async create(path: string, body: unknown): Promise<void> {
    const { name } = (body as { metadata: { name: string } }).metadata;
    await client.json({ method: 'POST', path, body });
    cleanUps.push(() => api.remove(`${path}/${name}`));
  },
  patch: (path: string, body: unknown): Promise<unknown> =>
    client.json({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body }),
  /** Deletes an object, if it exists. */
  remove: (path: string): Promise<unknown> =>
    orUndefined([404], client.json({ method: 'DELETE', path, query: { gracePeriodSeconds: '0' } })),
};

export const pods = `/api/v1/namespaces/${NAMESPACE}/pods`;

/** Has an API server with two Nodes and an empty Namespace for every test of the calling file. */
export function useTestCluster(): void {
  const namespace = `/api/v1/namespaces/${NAMESPACE}`;
  beforeAll(async () => {
    apiServer = await startApiServer({ env: process.env, log: () => undefined });
    client = createKubeClient(apiServer.kubeconfig);
    for (const file of await readdir(CRDS)) {
      const body: unknown = parse(await readFile(new URL(file, CRDS), 'utf8'));
      await orUndefined([409], client.json({ method: 'POST', path: CRD_PATH, body }));
    }
    // A real API server answers 404 at first, then 429 while it makes the storage of a new kind.
    await waitFor('Egresses to be served', () =>
      orUndefined([404, 429], client.json({ method: 'GET', path: EGRESSES })),
    );
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } };
    await client.json({ method: 'POST', path: '/api/v1/namespaces', body });
  }, TIMEOUT_MS);

  afterAll(async () => {
    await api.remove(namespace);
    await apiServer.close();
  });

  beforeEach(async () => {
    await createNode(N1, '10.0.0.1', '10.244.1.0/24');
    await createNode(N2, '10.0.0.2', '10.244.2.0/24');
  });

  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) {
      await cleanUp();
    }
  });
}

/** Called after the test, before the earlier ones. */
export function afterThisTest(cleanUp: () => Promise<unknown>): void {
  cleanUps.push(cleanUp);
}

export function kubeconfig(): string {
  return apiServer.kubeconfig;
}

export async function createNode(name: string, ip: string, podCIDR: string): Promise<void> {
  await api.create('/api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: { podCIDR, podCIDRs: [podCIDR] },
  });
  await api.patch(`/api/v1/nodes/${name}/status`, {
    status: {
      addresses: [
        { type: 'Hostname', address: name },
        { type: 'InternalIP', address: ip },
      ],
    },
  });
}

export async function createPod(
  name: string,
  options: { role?: string; nodeName?: string; ip?: string; hostNetwork?: boolean } = {},
): Promise<void> {
  const { role = 'web', nodeName = N1, ip, hostNetwork = false } = options;
  await api.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { role } },
    spec: { nodeName, hostNetwork, containers: [{ name: 'main', image: 'none' }] },
  });
  if (ip === undefined) {
    return;
  }
  await api.patch(`${pods}/${name}/status`, {
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] },
  });
}

export function egressOf(name: string, spec: Partial<EgressResource['spec']> = {}): unknown {
  return {
    apiVersion: 'crd.antrea.io/v1beta1',
    kind: 'Egress',
    metadata: { name },
    spec: {
      appliedTo: {
        podSelector: { matchLabels: { role: 'web' } },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': NAMESPACE } },
      },
      ...(spec.externalIPPool === undefined && { egressIP: IP }),
      ...spec,
    },
  };
}

/**
 * Creates an Egress under a schema without any rules, as an older one may have been. The schema
 * stays in force until the test has ended.
 */
export async function createUnchecked(egress: unknown): Promise<void> {
  const path = `${CRD_PATH}/egresses.crd.antrea.io`;
  const { spec } = (await client.json({ method: 'GET', path })) as {
    spec: { versions: { schema: unknown }[] };
  };
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const lax = spec.versions.map((version) => ({ ...version, schema: { openAPIV3Schema } }));
  afterThisTest(() => api.patch(path, { spec: { versions: spec.versions } }));
  await api.patch(path, { spec: { versions: lax } });
  await waitFor('the lax schema to be in force', () =>
    orUndefined(
      [422],
      api.create(EGRESSES, egress).then(() => true),
    ),
  );
}

export async function conditionOf(name: string, type: string): Promise<Condition | undefined> {
  return (await statusOf(name)).conditions?.find((condition) => condition.type === type);
}

export async function statusOf(name: string): Promise<EgressStatus> {
  const egress = await client.json({ method: 'GET', path: `${EGRESSES}/${name}` });
  return (egress as EgressResource).status ?? {};
}

/** The answer, or undefined if the API server refuses the request with one of these statuses. */
async function orUndefined<T>(
  statuses: readonly number[],
  answer: Promise<T>,
): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KubeApiError && statuses.includes(error.status)) {
      return undefined;
    }
    throw error;
  }
}
