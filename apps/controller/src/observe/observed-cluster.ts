import { renderFault } from '@sallyport/api';
import type { ClusterDelta, ClusterInformers, KubeClient } from '@sallyport/kube';
import { clusterResources, startClusterInformers } from '@sallyport/kube';
import type { Clock } from '@sallyport/reconcile';
import type { Logger } from 'pino';

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
  /** The resources that have not been listed completely yet. */
  unsynced(): readonly string[];
  subscribe(listener: ClusterListener): void;
  readonly informers: ClusterInformers;
  stop(): Promise<void>;
}

interface ObserverDependencies {
  readonly client: KubeClient;
  readonly logger: Logger;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Starts to mirror the API server, until it is stopped. */
export function observeCluster(deps: ObserverDependencies): ObservedCluster {
  const { client, logger, clock, random } = deps;
  const listeners: ClusterListener[] = [];
  const informers = startClusterInformers({
    client,
    clock,
    random,
    onDelta: (delta) => {
      for (const { changed } of listeners) {
        changed(delta);
      }
    },
    onListed: () => {
      for (const { listed } of listeners) {
        listed();
      }
    },
    onFaults: (faults) => {
      logger.warn({ faults: faults.map(renderFault) }, 'object has faults');
    },
    onError: (resource, err) => {
      logger.warn({ resource, err }, 'watching the API server failed, it will be tried again');
    },
  });
  return {
    unsynced: () => clusterResources.filter((resource) => !informers[resource].synced()),
    subscribe: (listener) => {
      listeners.push(listener);
    },
    informers,
    async stop() {
      await Promise.all(clusterResources.map((resource) => informers[resource].stop()));
    },
  };
}
