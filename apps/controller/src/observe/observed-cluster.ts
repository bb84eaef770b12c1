import type { Fault } from '@sallyport/api';
import { renderFault } from '@sallyport/api';
import type { ClusterDelta, ClusterInformers, KubeClient } from '@sallyport/kube';
import { clusterResources, startClusterInformers, startServiceCIDRInformer } from '@sallyport/kube';
import type { Clock } from '@sallyport/reconcile';
import type { Logger } from 'pino';
import type { ControllerConfig } from '../config.ts';

/** Called synchronously, in the order of subscription. */
export interface ClusterListener {
  /**
   * An object has come, changed or gone. Not called for heartbeats and other changes of fields that
   * no decision depends on.
   */
  readonly changed: (delta: ClusterDelta) => void;
  /** All objects of a resource have been listed; `changed` was called for those that differ. */
  readonly listed: () => void;
}

/** The mirror of the API server's objects. */
export interface ObservedCluster {
  /** The resources that have not been listed completely yet, for people. */
  unsynced(): readonly string[];
  subscribe(listener: ClusterListener): void;
  readonly informers: ClusterInformers;
  stop(): Promise<void>;
}

interface ObserverDependencies {
  readonly config: Pick<ControllerConfig, 'serviceCidrs'>;
  readonly client: KubeClient;
  readonly logger: Logger;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
}

/**
 * Starts to mirror the API server, until it is stopped. It reads the CIDRs of Services too, unless
 * the configuration has them.
 */
export function observeCluster(deps: ObserverDependencies): ObservedCluster {
  const { client, config, logger, clock, random } = deps;
  const listeners: ClusterListener[] = [];
  const options = {
    client,
    clock,
    random,
    onDelta: (delta: ClusterDelta) => {
      for (const { changed } of listeners) {
        changed(delta);
      }
    },
    onListed: () => {
      for (const { listed } of listeners) {
        listed();
      }
    },
    onFaults: (faults: readonly Fault[]) => {
      logger.warn({ faults: faults.map(renderFault) }, 'object has faults');
    },
  };
  const onError = (resource: string, err: unknown): void => {
    logger.warn({ resource, err }, 'watching the API server failed, it will be tried again');
  };
  const informers = startClusterInformers({ ...options, onError });
  const serviceCIDRs =
    config.serviceCidrs.length > 0
      ? undefined
      : startServiceCIDRInformer({
          ...options,
          onError: (err) => {
            onError('servicecidrs', err);
          },
        });
  return {
    unsynced: () => [
      ...clusterResources.filter((resource) => !informers[resource].synced()),
      ...(serviceCIDRs?.synced() === false ? ['servicecidrs (or set --service-cidrs)'] : []),
    ],
    subscribe: (listener) => {
      listeners.push(listener);
    },
    informers,
    async stop() {
      await Promise.all([
        serviceCIDRs?.stop(),
        ...clusterResources.map((resource) => informers[resource].stop()),
      ]);
    },
  };
}
