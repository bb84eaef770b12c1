import type { ClusterInformers } from '@sallyport/kube';
import { clusterResources } from '@sallyport/kube';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ControllerState } from './controller-state.ts';

export interface Metrics {
  readonly registry: Registry;
  readonly resolveSeconds: Histogram;
  readonly publishedChanges: Counter<'resource'>;
  readonly statusWrites: Counter<'result'>;
}

const PREFIX = 'sallyport_controller_';

/**
 * The metrics of one controller. What can be looked at is collected when asked for; the rest is
 * counted.
 */
export function createMetrics(
  state: ControllerState,
  informers: ClusterInformers,
  nowMs: () => number,
): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const gauge = <L extends string>(
    name: string,
    help: string,
    labelNames: L[],
    collect: (set: (value: number, labels: Partial<Record<L, string>>) => void) => void,
  ): void => {
    new Gauge({
      name: `${PREFIX}${name}`,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        collect((value, labels) => {
          this.set(labels, value);
        });
      },
    });
  };

  gauge(
    'informer_synced',
    'Whether all objects of a resource have been seen once',
    ['resource'],
    (set) => {
      for (const resource of clusterResources) {
        set(Number(informers[resource].synced()), { resource });
      }
    },
  );
  gauge('informer_objects', 'Objects mirrored from the API server', ['resource'], (set) => {
    for (const resource of clusterResources) {
      set(informers[resource].objects().size, { resource });
    }
  });
  gauge('egresses', 'Egresses by what is known of the holder of their IP', ['holder'], (set) => {
    const counts = new Map<string, number>();
    for (const { kind } of state.decision?.holders.values() ?? []) {
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    for (const [holder, count] of counts) {
      set(count, { holder });
    }
  });
  gauge(
    'published_objects',
    'Objects that agents can watch, over all Nodes',
    ['resource'],
    (set) => {
      set(state.stores.egressGroups.objectCount, { resource: 'egressgroups' });
      set(state.stores.clusterNetworks.objectCount, { resource: 'clusternetworks' });
    },
  );
  gauge('watchers', 'Open watches', ['resource'], (set) => {
    set(state.stores.egressGroups.watcherCount, { resource: 'egressgroups' });
    set(state.stores.clusterNetworks.watcherCount, { resource: 'clusternetworks' });
  });
  gauge(
    'node_report_age_seconds',
    'Time since the agent of a Node last reported',
    ['node'],
    (set) => {
      for (const node of state.reports.all.keys()) {
        set((nowMs() - (state.reports.receivedAtMs(node) ?? nowMs())) / 1000, { node });
      }
    },
  );

  return {
    registry,
    resolveSeconds: new Histogram({
      name: `${PREFIX}resolve_duration_seconds`,
      help: 'Time to decide and publish everything once',
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
      registers,
    }),
    publishedChanges: new Counter({
      name: `${PREFIX}published_changes_total`,
      help: 'Objects added, changed or removed for agents',
      labelNames: ['resource'],
      registers,
    }),
    statusWrites: new Counter({
      name: `${PREFIX}status_writes_total`,
      help: 'Attempts to write the status of an Egress',
      labelNames: ['result'],
      registers,
    }),
  };
}
