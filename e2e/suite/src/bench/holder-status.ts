/** `npm run bench:holder-status`: from an address on a Node to the status of its Egress. */
import { createCluster, egressIP, type Cluster } from '@sallyport/lab';
import { namespace, seedEgress } from '../demo/manifests.ts';
import { getEgress } from '../world.ts';

const RUNS = 10;
const LIMIT_MS = 30_000;
const POLL_MS = 20;

/** Milliseconds from the start of `act` until `holds`: an upper bound, with the way into the guest, up to {@link POLL_MS} and one run of kubectl. */
const timeUntil = async (act: () => Promise<void>, holds: () => Promise<boolean>): Promise<number> => {
  const start = performance.now();
  const acting = act();
  while (!(await holds())) {
    if (performance.now() - start > LIMIT_MS) throw new Error(`not within ${LIMIT_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const elapsedMs = performance.now() - start;
  await acting;
  return elapsedMs;
};

const report = (what: string, samples: readonly number[]): void => {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.round(share * (sorted.length - 1))] ?? NaN).toFixed(0);
  console.log(`${what}: min ${at(0)} ms, median ${at(0.5)} ms, max ${at(1)} ms (${samples.length} runs)`);
};

const bench = async (cluster: Cluster): Promise<void> => {
  const ip = egressIP(0);
  await cluster.apply([namespace('prod', 'prod')]);
  await Promise.all([
    cluster.createPod({ name: 'web', namespace: 'prod', node: 'n1', labels: { role: 'web' } }),
    cluster.installSallyport(),
  ]);
  await cluster.apply(seedEgress(ip));
  const status: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const node = run % 2 === 0 ? 'n2' : 'n3';
    status.push(
      await timeUntil(
        () => cluster.node(node).addAddress(ip),
        async () => (await getEgress({ cluster }, 'egress-web')).status?.egressNode === node,
      ),
    );
    await cluster.node(node).removeAddress(ip);
    await timeUntil(
      () => Promise.resolve(),
      async () => (await getEgress({ cluster }, 'egress-web')).status?.egressNode !== node,
    );
  }
  report('address on the Node → status.egressNode', status);
};

const cluster = await createCluster({ nodes: 3 });
try {
  await bench(cluster);
} finally {
  await cluster.close();
}
