import { delimiter } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { JsonObject } from '../model/json.ts';
import { listAt, objectAt, stringAt } from '../model/json.ts';
import { startServiceAccounts } from './default-service-accounts.ts';
import type { RestClient } from './rest.ts';
import { restClient } from './rest.ts';

/** An API server that was there before. */
export interface Existing {
  readonly url: string;
  readonly kubeconfig: string;
  /** Deletes the objects that were created since, within 10 s. */
  readonly close: () => Promise<void>;
}

interface Kind {
  readonly prefix: string;
  readonly plural: string;
}

interface Found {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly uid: string;
}

const EGRESSES: Kind = { prefix: '/apis/crd.antrea.io/v1beta1', plural: 'egresses' };
const DEFINITIONS: Kind = {
  prefix: '/apis/apiextensions.k8s.io/v1',
  plural: 'customresourcedefinitions',
};
const NODES: Kind = { prefix: '/api/v1', plural: 'nodes' };

/**
 * The kinds that tests and the lab create outside of Namespaces of their own, in the order of their
 * deletion.
 */
const KINDS: readonly Kind[] = [
  EGRESSES,
  DEFINITIONS,
  { prefix: '/apis/discovery.k8s.io/v1', plural: 'endpointslices' },
  { prefix: '/api/v1', plural: 'services' },
  { prefix: '/api/v1', plural: 'pods' },
  { prefix: '/apis/coordination.k8s.io/v1', plural: 'leases' },
  NODES,
  { prefix: '/api/v1', plural: 'namespaces' },
];

/** The first answer of an API server, and the deletions at the end, must not take longer. */
const TIMEOUT_MS = 10_000;

/**
 * The API server of a kubeconfig's current context, for tests and the lab to write to. Throws,
 * before anything is written, when it has Nodes or Egresses: then it belongs to a cluster.
 */
export async function useExisting(kubeconfig: string): Promise<Existing> {
  if (kubeconfig.includes(delimiter)) {
    throw new Error(
      `KUBECONFIG ${kubeconfig} names several files; make one of them (kubectl config view --flatten --minify) and name that`,
    );
  }
  const client = restClient(kubeconfig);
  const where = `KUBECONFIG ${kubeconfig}: the API server ${client.server}`;
  const before = await snapshot(client).catch((cause: unknown) => {
    throw new Error(
      `${where} did not list its objects (${String(cause)}); start it, or unset KUBECONFIG`,
      { cause },
    );
  });
  const found = [
    ...(before.get(NODES) ?? []).map(({ name }) => `Node ${name}`),
    ...(before.get(EGRESSES) ?? []).map(({ name }) => `Egress ${name}`),
  ];
  if (found.length > 0) {
    throw new Error(
      `${where} belongs to a cluster and stays untouched: it has ${found.join(', ')}; ` +
        'unset KUBECONFIG, or name an API server without Nodes and Egresses',
    );
  }
  const known = new Set([...before.values()].flat().map(({ uid }) => uid));
  const stopServiceAccounts = await startServiceAccounts(client);
  return {
    url: client.server,
    kubeconfig,
    close: async () => {
      await stopServiceAccounts();
      await deleteOthers(client, known);
    },
  };
}

async function snapshot(client: RestClient): Promise<ReadonlyMap<Kind, readonly Found[]>> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return new Map(
    await Promise.all(KINDS.map(async (kind) => [kind, await list(client, kind, signal)] as const)),
  );
}

async function list(
  client: RestClient,
  { prefix, plural }: Kind,
  signal: AbortSignal,
): Promise<readonly Found[]> {
  const path = `${prefix}/${plural}`;
  const { status, body } = await client.send({ method: 'GET', path, signal });
  if (status === 404) {
    // Egresses are not served before somebody defines them.
    return [];
  }
  if (status !== 200) {
    throw new Error(`GET ${path}: ${String(status)}: ${stringAt(body, 'message') ?? ''}`);
  }
  return listAt(body, 'items').map((item) => {
    const metadata: JsonObject = objectAt(item, 'metadata') ?? {};
    return {
      name: stringAt(metadata, 'name') ?? '',
      namespace: stringAt(metadata, 'namespace'),
      uid: stringAt(metadata, 'uid') ?? '',
    };
  });
}

async function deleteOthers(client: RestClient, known: ReadonlySet<string>): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const others = async (kind: Kind): Promise<readonly Found[]> =>
    (await list(client, kind, signal)).filter(({ uid }) => !known.has(uid));
  for (const kind of KINDS) {
    for (const found of await others(kind)) {
      await remove(client, kind, found, signal);
    }
  }
  // A definition goes after its objects, and until then cannot be created again.
  while ((await others(DEFINITIONS)).length > 0) {
    await setTimeout(100, undefined, { signal });
  }
}

async function remove(
  client: RestClient,
  { prefix, plural }: Kind,
  { name, namespace, uid }: Found,
  signal: AbortSignal,
): Promise<void> {
  const folder = namespace === undefined ? prefix : `${prefix}/namespaces/${namespace}`;
  const path = `${folder}/${plural}/${name}`;
  // No kubelet is left that would end a Pod.
  const body = { gracePeriodSeconds: 0, preconditions: { uid } };
  const answer = await client.send({ method: 'DELETE', path, body, signal });
  if (answer.status >= 400 && answer.status !== 404) {
    const why = stringAt(answer.body, 'message') ?? '';
    throw new Error(`DELETE ${path}: ${String(answer.status)}: ${why}`);
  }
}
