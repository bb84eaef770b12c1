import { createKubeClient } from '@sallyport/kube';
import type { ProgramDependencies } from '@sallyport/program';
import type { Logger } from 'pino';
import type { ControllerConfig } from './config.ts';
import type { Server } from './http/create-server.ts';
import { createServer } from './http/create-server.ts';
import { ControllerLoop } from './loop/controller-loop.ts';
import type { ControllerMetrics } from './metrics.ts';
import { createControllerMetrics } from './metrics.ts';
import { observeCluster } from './observe/observed-cluster.ts';
import { createStores } from './publish/stores.ts';
import { startStatus } from './status/start-status.ts';

/** Everything that the controller gets from outside. */
export type ControllerDependencies = Omit<ProgramDependencies<ControllerConfig>, 'stop'>;

/** A controller whose server listens. It may not be ready yet. */
export interface Controller {
  /** The base URL of the HTTP server. */
  readonly url: string;
  readonly app: Server['app'];
  /** Ends everything, in the reverse order of its start. The Nodes keep their dataplanes. */
  stop(): Promise<void>;
}

/**
 * Starts the controller; resolves when it serves HTTP. Rejects with KubeConfigError, or when the
 * port is taken.
 */
export async function startController(deps: ControllerDependencies): Promise<Controller> {
  const { config, logger, nowMs } = deps;
  const client = createKubeClient(config.kubeconfig === '' ? undefined : config.kubeconfig);
  const cluster = observeCluster({ ...deps, client });
  const stores = createStores(nowMs());
  const loop = new ControllerLoop({ ...deps, cluster, stores });
  const metrics = createControllerMetrics({ loop, stores, informers: cluster.informers, nowMs });
  countDecisions(loop, metrics, logger);
  const count = (result: string): void => {
    metrics.statusWrites.inc({ result });
  };
  const status = startStatus({ ...deps, client, loop, count });
  const server = await createServer({
    ...deps,
    loop,
    stores,
    registry: metrics.registry,
    bookmarkIntervalMs: config.bookmarkInterval,
    onError: (err) => {
      logger.error({ err }, 'a request failed');
    },
  });
  loop.subscribe({ nodeGone: server.endWatchesOf });
  const stop = async (): Promise<void> => {
    await server.close();
    await cluster.stop();
    await Promise.all([loop.stop(), status.stop()]);
  };
  try {
    const url = await server.listen(config.listenAddress, config.listenPort);
    logger.info({ url, apiServer: client.server }, 'serving');
    return { url, app: server.app, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function countDecisions(loop: ControllerLoop, metrics: ControllerMetrics, logger: Logger): void {
  loop.subscribe({
    decided({ egressGroups, clusterNetworks }, durationMs) {
      metrics.resolveSeconds.observe(durationMs / 1000);
      metrics.publishedChanges.inc({ resource: 'egressgroups' }, egressGroups);
      metrics.publishedChanges.inc({ resource: 'clusternetworks' }, clusterNetworks);
      if (egressGroups > 0) {
        logger.info({ changed: egressGroups }, 'groups published');
      }
    },
  });
}
