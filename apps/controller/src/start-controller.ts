import type { NodeReport } from '@sallyport/api';
import { renderFault } from '@sallyport/api';
import type { ClusterInformers } from '@sallyport/kube';
import { clusterResources, createKubeClient, startClusterInformers } from '@sallyport/kube';
import type { Clock } from '@sallyport/reconcile';
import { createRunner } from '@sallyport/reconcile';
import type { Logger } from 'pino';
import type { ControllerConfig } from './config.ts';
import type { ControllerState } from './controller-state.ts';
import { progressInputOf } from './controller-state.ts';
import { decide } from './decide/decide.ts';
import { createNodeReports } from './holders/node-reports.ts';
import type { Server } from './http/create-server.ts';
import { createServer } from './http/create-server.ts';
import { createControllerMetrics } from './metrics.ts';
import { observe } from './observe.ts';
import { leavingAfter } from './publish/leaving.ts';
import { publish } from './publish/publish.ts';
import { createStores } from './publish/stores.ts';
import { hasApplied } from './status/node-progress.ts';
import { createStatusLoop } from './status/status-loop.ts';
import { createStatusPass } from './status/status-pass.ts';
import { statusPortFor } from './status/status-port.ts';

export interface ControllerDependencies {
  readonly config: ControllerConfig;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

export interface Controller {
  /** The base URL of the HTTP server. */
  readonly url: string;
  readonly app: Server['app'];
  /**
   * Ends everything, in the reverse order of its start. The Nodes go on with what they were told
   * last.
   */
  stop(): Promise<void>;
}

/** Changes that come within this time of each other are decided on together. */
const DECIDE_INTERVAL_MS = 20;

/**
 * Starts the controller; resolves when it serves HTTP. Rejects with KubeConfigError, or when the
 * port is taken.
 */
export async function startController(deps: ControllerDependencies): Promise<Controller> {
  const { config, logger, clock, nowMs, random } = deps;
  const client = createKubeClient(config.kubeconfig === '' ? undefined : config.kubeconfig);
  const state: ControllerState = {
    stores: createStores(nowMs()),
    reports: createNodeReports(),
    decision: undefined,
    leaving: new Map(),
    settling: true,
  };
  const informers = startClusterInformers({
    client,
    clock,
    random,
    onChange: () => {
      decideRunner.trigger();
    },
    onFaults: (faults) => {
      logger.warn({ faults: faults.map(renderFault) }, 'object has faults');
    },
    onError: (resource, err) => {
      logger.warn({ resource, err }, 'watching the API server failed, it will be tried again');
    },
  });
  const metrics = createControllerMetrics(state, informers, nowMs);

  const decideRunner = createRunner({
    clock,
    minIntervalMs: DECIDE_INTERVAL_MS,
    onError: (err) => {
      logger.error({ err }, 'deciding failed, it will be tried again');
    },
    reconcile() {
      if (unsyncedOf(informers).length > 0) {
        return;
      }
      const stopTimer = metrics.resolveSeconds.startTimer();
      if (state.decision === undefined) {
        startSettling();
      }
      const observation = observe(informers, state, config);
      // Should the Node come back, its agent has to tell us again what it told us before.
      for (const nodeName of state.reports.retain(observation.nodes)) {
        server.endWatchesOf(nodeName);
      }
      const decision = decide(observation);
      const published = publish(decision, state.stores);
      state.leaving = leavingAfter(state, decision, (nodeName, egress) =>
        hasApplied(nodeName, egress, progressInputOf(state)),
      );
      state.decision = decision;
      stopTimer();
      metrics.publishedChanges.inc({ resource: 'egressgroups' }, published.egressGroups);
      metrics.publishedChanges.inc({ resource: 'clusternetworks' }, published.clusterNetworks);
      if (published.egressGroups > 0) {
        logger.info({ changed: published.egressGroups }, 'groups published');
      }
      statusLoop.decided();
    },
  });

  /**
   * Agents can report from now on; when those that want to have, an address that none reported and
   * no status places is nobody's.
   */
  const startSettling = (): void => {
    logger.info(
      { nodes: informers.nodes.objects().size, pods: informers.pods.objects().size },
      'cluster seen',
    );
    cancelSettling = clock.after(config.reportGrace, () => {
      state.settling = false;
      decideRunner.trigger();
    });
  };
  let cancelSettling: (() => void) | undefined;

  const statusPort = statusPortFor({
    client,
    logger,
    nowMs,
    count: (result) => {
      metrics.statusWrites.inc({ result });
    },
  });
  const statusPass = createStatusPass(statusPort);
  const statusLoop = createStatusLoop({
    clock,
    onError: (err) => {
      logger.warn({ err }, 'writing status failed, it will be tried again');
    },
    async pass(scope) {
      const { decision } = state;
      if (decision === undefined) {
        return 'done';
      }
      const isCurrent = (): boolean => state.decision === decision;
      return statusPass.run(decision, progressInputOf(state), new Date(nowMs()), scope, isCurrent);
    },
  });

  const accept = (report: NodeReport): void => {
    const { addressesChanged } = state.reports.put(report, nowMs());
    logger.debug({ node: report.metadata.name, report }, 'Node reported');
    if (addressesChanged) {
      decideRunner.trigger();
    } else {
      statusLoop.reported();
    }
  };

  const server = await createServer({
    state,
    reports: { nodes: () => state.decision?.observation.nodes, accept },
    registry: metrics.registry,
    missing: () => {
      const unsynced = unsyncedOf(informers);
      return unsynced.length > 0 || state.decision !== undefined
        ? unsynced
        : ['the first decision'];
    },
    clock,
    nowMs,
    bookmarkIntervalMs: config.bookmarkInterval,
    onError: (err) => {
      logger.error({ err }, 'a request failed');
    },
  });
  const stop = async (): Promise<void> => {
    await server.close();
    cancelSettling?.();
    await Promise.all(clusterResources.map((resource) => informers[resource].stop()));
    await Promise.all([decideRunner.stop(), statusLoop.stop()]);
  };
  try {
    const url = await server.listen(config.listenAddress, config.port);
    logger.info({ url, apiServer: client.server }, 'serving');
    return { url, app: server.app, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function unsyncedOf(informers: ClusterInformers): readonly string[] {
  return clusterResources.filter((resource) => !informers[resource].synced());
}
