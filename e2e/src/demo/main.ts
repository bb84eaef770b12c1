import type { Cluster } from '@sallyport/lab';
import { createCluster } from '@sallyport/lab';
import { runDemo } from './demo.ts';

const start = Date.now();

process.exitCode = await main();

/** Returns the exit status; the cluster is gone by then. */
async function main(): Promise<number> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      progress(`${signal}: taking everything down`);
      interruption.abort();
    });
  }
  let cluster: Cluster | undefined;
  try {
    progress('bringing up a cluster of three Nodes in a throwaway virtual machine');
    cluster = await createCluster({ nodes: 3, log: progress, signal: interruption.signal });
    progress('starting the controller, and an agent on each Node');
    await cluster.installSallyport();
    progress('the cluster is up, the controller and three agents are ready');
    const isRight = await runDemo(cluster, print);
    print('');
    progress(isRight ? 'all as it should be' : 'NOT as it should be');
    if (!isRight) {
      print(await cluster.diagnosis());
    }
    return isRight ? 0 : 1;
  } catch (error) {
    if (interruption.signal.aborted) {
      return 130;
    }
    console.error(error instanceof Error ? error.message : error);
    if (cluster !== undefined) {
      console.error(await cluster.diagnosis());
    }
    return 1;
  } finally {
    await cluster?.close();
    progress('everything is gone');
  }
}

function progress(text: string): void {
  print(`${((Date.now() - start) / 1000).toFixed(1).padStart(6)} s  ${text}`);
}

function print(text: string): void {
  console.log(text);
}
