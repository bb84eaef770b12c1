import type { Fault } from '@sallyport/api';
import { renderFault } from '@sallyport/api';
import type { Cluster } from '@sallyport/grouping';
import type {
  ClusterChange,
  ClusterInformers,
  KubeClient,
  Node,
  Observed,
  ObservedEgress,
} from '@sallyport/kube';
import { clusterResources, startClusterInformers } from '@sallyport/kube';
import type { Clock } from '@sallyport/reconcile';
import type { Logger } from 'pino';

/** The Egresses with their parts that change without a change of members. */
export interface EgressObservation {
  readonly egresses: readonly ObservedEgress[];
  /** The faults of Egresses that have any, by the name of the Egress. */
  readonly faults: ReadonlyMap<string, readonly Fault[]>;
}

/**
 * A change of the mirror. `membership`: of the objects from which members are resolved. `status`:
 * of an Egress's status or resourceVersion only, as after each write of a status.
 */
export type ObservedChange = 'membership' | 'status' | 'nodes';

/** The mirror of the API server's objects. */
export interface ObservedCluster {
  /** The resources that have not been listed completely yet. */
  unsynced(): readonly string[];
  /** The objects from which members are resolved. All resources must be synchronized, as below. */
  membership(): Cluster;
  egresses(): EgressObservation;
  /** By name. */
  nodes(): ReadonlyMap<string, Node>;
  /** Calls the listener after each change, but not for heartbeats and the like. */
  onChange(listener: (changed: ObservedChange) => void): void;
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

const observedChanges: Readonly<Record<ClusterChange, ObservedChange>> = {
  pods: 'membership',
  namespaces: 'membership',
  egresses: 'membership',
  'egress-status': 'status',
  nodes: 'nodes',
};

/** Starts to mirror the API server, until it is stopped. */
export function observeCluster(deps: ObserverDependencies): ObservedCluster {
  const { client, logger, clock, random } = deps;
  const listeners: ((changed: ObservedChange) => void)[] = [];
  const informers = startClusterInformers({
    client,
    clock,
    random,
    onChange: (change) => {
      for (const listener of listeners) {
        listener(observedChanges[change]);
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
    membership: () => ({
      egresses: objectsOf(informers.egresses.objects()).map(({ egress }) => egress),
      pods: objectsOf(informers.pods.objects()),
      namespaces: objectsOf(informers.namespaces.objects()),
    }),
    egresses: () => egressesOf(informers.egresses.objects()),
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

function egressesOf(egresses: ReadonlyMap<string, Observed<ObservedEgress>>): EgressObservation {
  const faults = new Map<string, readonly Fault[]>();
  for (const [name, observed] of egresses) {
    if (observed.faults.length > 0) {
      faults.set(name, observed.faults);
    }
  }
  return { egresses: objectsOf(egresses), faults };
}

function objectsOf<T>(observed: ReadonlyMap<string, Observed<T>>): readonly T[] {
  return [...observed.values()].map(({ object }) => object);
}
