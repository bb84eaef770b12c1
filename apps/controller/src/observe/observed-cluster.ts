import type { Fault } from '@sallyport/api';
import { renderFault } from '@sallyport/api';
import type { Namespace, Pod } from '@sallyport/grouping';
import type { ClusterInformers, KubeClient, Node, Observed, ObservedEgress } from '@sallyport/kube';
import { clusterResources, startClusterInformers } from '@sallyport/kube';
import type { Clock } from '@sallyport/reconcile';
import type { Logger } from 'pino';

/** The objects of the API server from which members are resolved. */
export interface ClusterObservation {
  readonly egresses: readonly ObservedEgress[];
  /** The faults of Egresses that have any, by the name of the Egress. */
  readonly faults: ReadonlyMap<string, readonly Fault[]>;
  readonly pods: readonly Pod[];
  readonly namespaces: readonly Namespace[];
}

/** The mirror of the API server's objects. */
export interface ObservedCluster {
  /** The resources that have not been listed completely yet. */
  unsynced(): readonly string[];
  /** All resources must be synchronized, here and in `nodes`. */
  membership(): ClusterObservation;
  /** By name. */
  nodes(): ReadonlyMap<string, Node>;
  /**
   * Calls the listener after each change: `membership` of Egresses, Pods and Namespaces, `nodes` of
   * Nodes.
   */
  onChange(listener: (changed: 'membership' | 'nodes') => void): void;
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
  const listeners: ((changed: 'membership' | 'nodes') => void)[] = [];
  const informers = startClusterInformers({
    client,
    clock,
    random,
    onChange: (resource) => {
      for (const listener of listeners) {
        listener(resource === 'nodes' ? 'nodes' : 'membership');
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
    membership: () => membershipOf(informers),
    nodes: () => new Map(objectsOf(informers.nodes.objects()).map((node) => [node.name, node])),
    onChange: (listener) => {
      listeners.push(listener);
    },
    informers,
    async stop() {
      await Promise.all(clusterResources.map((resource) => informers[resource].stop()));
    },
  };
}

function membershipOf(informers: ClusterInformers): ClusterObservation {
  const egresses = informers.egresses.objects();
  const faults = new Map<string, readonly Fault[]>();
  for (const [name, observed] of egresses) {
    if (observed.faults.length > 0) {
      faults.set(name, observed.faults);
    }
  }
  return {
    egresses: objectsOf(egresses),
    faults,
    pods: objectsOf(informers.pods.objects()),
    namespaces: objectsOf(informers.namespaces.objects()),
  };
}

function objectsOf<T>(observed: ReadonlyMap<string, Observed<T>>): readonly T[] {
  return [...observed.values()].map(({ object }) => object);
}
