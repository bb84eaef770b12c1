import { delimiter } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { KubeClient } from '@sallyport/kube';
import { createKubeClient, KubeApiError } from '@sallyport/kube';

/** An API server that was there before. */
export interface Existing {
  readonly url: string;
  readonly kubeconfig: string;
  /** Deletes what came to be there since, within 10 s. */
  readonly close: () => Promise<void>;
}

interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
}

interface Kind {
  readonly prefix: string;
  readonly plural: string;
}

const EGRESSES: Kind = { prefix: '/apis/crd.antrea.io/v1beta1', plural: 'egresses' };
const DEFINITIONS: Kind = {
  prefix: '/apis/apiextensions.k8s.io/v1',
  plural: 'customresourcedefinitions',
};
const NODES: Kind = { prefix: '/api/v1', plural: 'nodes' };

/**
 * What tests and the lab make outside of Namespaces of their own, in the order in which it is
 * deleted.
 */
const KINDS: readonly Kind[] = [
  EGRESSES,
  DEFINITIONS,
  { prefix: '/apis/discovery.k8s.io/v1', plural: 'endpointslices' },
  { prefix: '/api/v1', plural: 'services' },
  { prefix: '/api/v1', plural: 'pods' },
  NODES,
  { prefix: '/api/v1', plural: 'namespaces' },
];

/**
 * An API server that is asked must answer within this time, and so must one from which things are
 * deleted.
 */
const TIMEOUT_MS = 10_000;

/**
 * The API server of a kubeconfig's current context, for tests and the lab to write to. Throws,
 * before anything is written, when it has Nodes or Egresses: it is the API server of a cluster
 * then.
 */
export async function useExisting(kubeconfig: string): Promise<Existing> {
  if (kubeconfig.includes(delimiter)) {
    throw new Error(
      `KUBECONFIG ${kubeconfig} names several files; make one of them (kubectl config view --flatten --minify) and name that`,
    );
  }
  const client = createKubeClient(kubeconfig);
  const where = `KUBECONFIG ${kubeconfig}: the API server ${client.server}`;
  const before = await snapshot(client).catch((cause: unknown) => {
    throw new Error(
      `${where} does not say what it has (${String(cause)}); start it, or unset KUBECONFIG`,
      { cause },
    );
  });
  const found = [
    ...(before.get(NODES) ?? []).map(({ name }) => `Node ${name}`),
    ...(before.get(EGRESSES) ?? []).map(({ name }) => `Egress ${name}`),
  ];
  if (found.length > 0) {
    throw new Error(
      `${where} belongs to a cluster, to which nothing is done here: it has ${found.join(', ')}; ` +
        'unset KUBECONFIG, or name an API server without Nodes and Egresses',
    );
  }
  const known = new Set([...before.values()].flat().map(({ uid }) => uid));
  return { url: client.server, kubeconfig, close: () => deleteOthers(client, known) };
}

async function snapshot(client: KubeClient): Promise<ReadonlyMap<Kind, readonly Metadata[]>> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return new Map(
    await Promise.all(KINDS.map(async (kind) => [kind, await list(client, kind, signal)] as const)),
  );
}

async function list(
  client: KubeClient,
  { prefix, plural }: Kind,
  signal: AbortSignal,
): Promise<readonly Metadata[]> {
  try {
    const answer = await client.json({ method: 'GET', path: `${prefix}/${plural}`, signal });
    return (answer as { readonly items: readonly { readonly metadata: Metadata }[] }).items.map(
      (item) => item.metadata,
    );
  } catch (error) {
    // Egresses are not served before somebody defines them.
    if (isNotFound(error)) {
      return [];
    }
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof KubeApiError && error.status === 404;
}

async function deleteOthers(client: KubeClient, known: ReadonlySet<string>): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const others = async (kind: Kind): Promise<readonly Metadata[]> =>
    (await list(client, kind, signal)).filter(({ uid }) => !known.has(uid));
  for (const kind of KINDS) {
    const { prefix, plural } = kind;
    for (const { name, namespace, uid } of await others(kind)) {
      const folder = namespace === undefined ? prefix : `${prefix}/namespaces/${namespace}`;
      // No kubelet is there any more that would end a Pod.
      const body = { gracePeriodSeconds: 0, preconditions: { uid } };
      await client
        .json({ method: 'DELETE', path: `${folder}/${plural}/${name}`, body, signal })
        .catch((error: unknown) => {
          if (!isNotFound(error)) {
            throw error;
          }
        });
    }
  }
  // A definition goes after its objects, and until then cannot be made again.
  while ((await others(DEFINITIONS)).length > 0) {
    await setTimeout(100, undefined, { signal });
  }
}
