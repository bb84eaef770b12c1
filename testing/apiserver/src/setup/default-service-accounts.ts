import { setTimeout } from 'node:timers/promises';
import { listAt, stringAt } from '../model/json.ts';
import type { RestClient } from './rest.ts';

/** Shorter than the second for which the API server waits for `default` when a Pod is created. */
const INTERVAL_MS = 250;

/**
 * Creates the ServiceAccount `default` wherever a Namespace has none, which is the work of a
 * controller manager. Without that account, the API server refuses every Pod. Goes on until the
 * returned function is called. Rejects when the first round fails.
 */
export async function startServiceAccounts(client: RestClient): Promise<() => Promise<void>> {
  const stop = new AbortController();
  await createMissing(client);
  const running = keepCreating(client, stop.signal);
  return async () => {
    stop.abort();
    await running;
  };
}

async function keepCreating(client: RestClient, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // A round that fails is made up for by the next one.
    await createMissing(client).catch(() => undefined);
    await setTimeout(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function createMissing(client: RestClient): Promise<void> {
  const [namespaces, accounts] = await Promise.all(
    ['namespaces', 'serviceaccounts'].map(async (plural) => {
      const { body } = await client.send({ method: 'GET', path: `/api/v1/${plural}` });
      return listAt(body, 'items');
    }),
  );
  const served = new Set(
    accounts
      ?.filter((account) => stringAt(account, 'metadata', 'name') === 'default')
      .map((account) => stringAt(account, 'metadata', 'namespace')),
  );
  for (const namespace of namespaces ?? []) {
    const name = stringAt(namespace, 'metadata', 'name') ?? '';
    if (!served.has(name) && stringAt(namespace, 'status', 'phase') === 'Active') {
      await client.send({
        method: 'POST',
        path: `/api/v1/namespaces/${name}/serviceaccounts`,
        body: { metadata: { name: 'default' } },
      });
    }
  }
}
