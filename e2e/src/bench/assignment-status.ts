/** `npm run bench:assignment-status`: from an address on a Node to the status of its Egress. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Watch } from '@kubernetes/client-node';
import type { Cluster } from '@sallyport/lab';
import { createCluster, egressIP, namespaceWithEnv, seedEgress } from '@sallyport/lab';
import type { EgressObject } from '../world.ts';

const RUNS = 20;
const LIMIT_MS = 30_000;
const SETTLE_MS = 3_000;

type Status = NonNullable<EgressObject['status']>;

/**
 * The statuses of one Egress as a watch of the API server shows them, with the time they came, in
 * milliseconds.
 */
interface StatusWatch {
  /**
   * When a status came that `accept`s; those that came before the call count as well, from
   * `sinceMs` on. Rejects after {@link LIMIT_MS}.
   */
  first(accept: (status: Status) => boolean, sinceMs: number): Promise<number>;
  close(): void;
}

const cluster = await createCluster({ nodes: 3 });
try {
  await bench(cluster);
} finally {
  await cluster.close();
}

async function bench(cluster: Cluster): Promise<void> {
  const ip = egressIP(0);
  await cluster.apply([namespaceWithEnv('prod')]);
  await Promise.all([
    cluster.createPod({ name: 'web', namespace: 'prod', node: 'n1', labels: { role: 'web' } }),
    cluster.installSallyport(),
  ]);
  await cluster.apply(seedEgress(ip));
  const watch = await watchStatus(cluster, 'egress-web');
  const assigned: number[] = [];
  const realized: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const node = run % 2 === 0 ? 'n2' : 'n3';
    const startMs = await addAddress(cluster, node, ip);
    const isAssigned = ({ egressNode, egressIP }: Status): boolean =>
      egressNode === node && egressIP === ip;
    const isRealized = (status: Status): boolean =>
      isAssigned(status) &&
      status.conditions?.some(({ type, status: is }) => type === 'Realized' && is === 'True') ===
        true;
    assigned.push((await watch.first(isAssigned, startMs)) - startMs);
    realized.push((await watch.first(isRealized, startMs)) - startMs);
    const endMs = performance.now();
    await cluster.node(node).removeAddress(ip);
    await watch.first(({ egressNode }) => egressNode !== node, endMs);
    // The Nodes have to be done with the work of the removal.
    await sleep(SETTLE_MS);
  }
  watch.close();
  report('address on the Node → status.egressNode and egressIP', assigned);
  report('address on the Node → Realized', realized);
}

async function watchStatus({ kubeConfig }: Cluster, name: string): Promise<StatusWatch> {
  const seen: { readonly atMs: number; readonly status: Status }[] = [];
  let wake: () => void = () => undefined;
  const controller = await new Watch(kubeConfig).watch(
    '/apis/crd.antrea.io/v1beta1/egresses',
    { fieldSelector: `metadata.name=${name}` },
    (_type, { status }: EgressObject) => {
      if (status !== undefined) {
        seen.push({ atMs: performance.now(), status });
      }
      wake();
    },
    () => {
      wake();
    },
  );
  return {
    async first(accept, sinceMs) {
      for (;;) {
        const found = seen.find(({ atMs, status }) => atMs >= sinceMs && accept(status));
        if (found !== undefined) {
          return found.atMs;
        }
        const leftMs = sinceMs + LIMIT_MS - performance.now();
        if (leftMs <= 0) {
          throw new Error(`not within ${LIMIT_MS} ms: ${JSON.stringify(seen.at(-1))}`);
        }
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, leftMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
    close() {
      controller.abort();
    },
  };
}

/**
 * Adds an address to a Node. Resolves with the time just before `ip` was started in the guest: a
 * process start too early.
 */
async function addAddress({ guest }: Cluster, node: string, ip: string): Promise<number> {
  let startMs = Number.NaN;
  const { exited } = await guest.spawn(
    ['bash', '-c', `echo; exec ip address add ${ip}/32 dev eth0`],
    {
      netns: node,
      onLine: () => (startMs = performance.now()),
    },
  );
  const { exitCode } = await exited;
  if (exitCode !== 0 || Number.isNaN(startMs)) {
    throw new Error(`${node} did not get ${ip}`);
  }
  return startMs;
}

function report(what: string, samples: readonly number[]): void {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.round(share * (sorted.length - 1))] ?? NaN).toFixed(0);
  console.log(
    `${what}: min ${at(0)} ms, median ${at(0.5)} ms, max ${at(1)} ms (${samples.length} runs)`,
  );
}
