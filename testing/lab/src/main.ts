/**
 * `npm run lab`: a cluster with the product in it, and a shell to play in. On leaving the shell
 * everything is gone.
 */
import type { Cluster } from './cluster/cluster.ts';
import { createCluster } from './cluster/create-cluster.ts';
import { GUEST_KUBECTL_FOLDER } from './cluster/shell-commands.ts';
import { renderHelp } from './lab-help.ts';
import { namespaceWithEnv, seedEgress } from './manifests.ts';
import { egressIP } from './network/address-plan.ts';

/** The Node with the example's egress IP. */
const GATEWAY = 'n2';

const RC_FILE = '/root/.labrc';

process.exitCode = await main();

async function main(): Promise<number> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      interruption.abort();
    });
  }
  let cluster: Cluster | undefined;
  try {
    cluster = await createCluster({ log: progress, signal: interruption.signal });
    await furnish(cluster);
    return await cluster.guest.attachShell({
      rcFile: RC_FILE,
      env: { PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    });
  } catch (error) {
    if (interruption.signal.aborted) {
      return 130;
    }
    progress(error instanceof Error ? error.message : String(error));
    if (cluster !== undefined) {
      progress(await cluster.diagnosis());
    }
    return 1;
  } finally {
    await cluster?.close();
    progress('The cluster is gone.');
  }
}

function progress(message: string): void {
  process.stderr.write(`${message}\n`);
}

async function furnish(cluster: Cluster): Promise<void> {
  await cluster.apply([namespaceWithEnv('prod'), namespaceWithEnv('dev')]);
  const specs = cluster.nodes.flatMap(({ name: node }) => [
    { name: `web-${node}`, namespace: 'prod', node, labels: { role: 'web' } },
    { name: `web-${node}`, namespace: 'dev', node, labels: { role: 'web' } },
  ]);
  const [pods] = await Promise.all([
    cluster.createPods(specs),
    cluster.installSallyport(),
    cluster.node(GATEWAY).addAddress(egressIP(0)),
    // From the guest's memory it starts twice as fast as from a folder of the host.
    cluster.guest.run(['cp', `${GUEST_KUBECTL_FOLDER}/kubectl`, '/usr/local/bin/kubectl']),
  ]);
  const help = renderHelp(cluster, pods, GATEWAY, egressIP(0));
  await Promise.all([
    cluster.guest.writeFile('/root/egress.yaml', seedEgress(egressIP(0))),
    cluster.guest.writeFile('/root/help.txt', help),
    cluster.guest.writeFile('/usr/local/bin/lab-help', '#!/bin/sh\ncat /root/help.txt\n', 0o755),
    cluster.guest.writeFile(RC_FILE, "PS1='lab:\\w# '\nlab-help\n"),
  ]);
}
