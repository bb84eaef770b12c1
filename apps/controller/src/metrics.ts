import type { ClusterInformers } from '@sallyport/kube';
import { clusterResources } from '@sallyport/kube';
import type { MetricCatalogue, Metrics } from '@sallyport/program';
import { createMetrics } from '@sallyport/program';
import type { Decision } from './loop/decider.ts';
import type { NodeReportsView } from './observe/node-reports.ts';
import type { Stores } from './publish/stores.ts';

/** The metrics of the controller. */
export const controllerMetrics = {
  informerSynced: {
    kind: 'gauge',
    name: 'sallyport_controller_informer_synced',
    labels: ['resource'],
    meaning: '1 if the informer has listed all objects of a resource at least once, else 0.',
  },
  informerObjects: {
    kind: 'gauge',
    name: 'sallyport_controller_informer_objects',
    labels: ['resource'],
    meaning: 'Objects in the cache of the informer.',
  },
  egresses: {
    kind: 'gauge',
    name: 'sallyport_controller_egresses',
    labels: ['placement'],
    meaning: 'Egresses by the placement of their egress IP: one Node, none, several and so on.',
  },
  publishedObjects: {
    kind: 'gauge',
    name: 'sallyport_controller_published_objects',
    labels: ['resource'],
    meaning: 'Objects that agents can watch, over all Nodes.',
  },
  watchers: {
    kind: 'gauge',
    name: 'sallyport_controller_watchers',
    labels: ['resource'],
    meaning: 'Open watches of agents.',
  },
  nodeReportAge: {
    kind: 'gauge',
    name: 'sallyport_controller_node_report_age_seconds',
    labels: ['node'],
    meaning: 'Time since the latest report of a Node.',
  },
  resolveSeconds: {
    kind: 'histogram',
    name: 'sallyport_controller_resolve_duration_seconds',
    labels: [],
    meaning: 'Duration of one decision and its publication.',
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
  },
  publishedChanges: {
    kind: 'counter',
    name: 'sallyport_controller_published_changes_total',
    labels: ['resource'],
    meaning: 'Objects added, changed or removed for agents.',
  },
  statusWrites: {
    kind: 'counter',
    name: 'sallyport_controller_status_writes_total',
    labels: ['result'],
    meaning: 'Attempts to write the status of an Egress, by result.',
  },
} as const satisfies MetricCatalogue;

export type ControllerMetrics = Metrics<typeof controllerMetrics>;

/** The parts of the controller that gauges show. */
export interface MetricSources {
  readonly loop: { readonly decision: Decision | undefined; readonly reports: NodeReportsView };
  readonly stores: Stores;
  readonly informers: ClusterInformers;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
}

/** The metrics of one controller; gauges are read from its state at each scrape. */
export function createControllerMetrics(sources: MetricSources): ControllerMetrics {
  const { loop, stores, informers, nowMs } = sources;
  const { reports } = loop;
  return createMetrics(controllerMetrics, {
    informerSynced: () =>
      clusterResources.map((resource) => ({
        labels: { resource },
        value: Number(informers[resource].synced()),
      })),
    informerObjects: () =>
      clusterResources.map((resource) => ({
        labels: { resource },
        value: informers[resource].objects().size,
      })),
    egresses: () =>
      countsOf([...(loop.decision?.placements.values() ?? [])].map(({ kind }) => kind)).map(
        ([placement, value]) => ({ labels: { placement }, value }),
      ),
    publishedObjects: () => [
      { labels: { resource: 'egressgroups' }, value: stores.egressGroups.objectCount },
      { labels: { resource: 'clusternetworks' }, value: stores.clusterNetworks.objectCount },
    ],
    watchers: () => [
      { labels: { resource: 'egressgroups' }, value: stores.egressGroups.watcherCount },
      { labels: { resource: 'clusternetworks' }, value: stores.clusterNetworks.watcherCount },
    ],
    nodeReportAge: () =>
      [...reports.all.keys()].map((node) => ({
        labels: { node },
        value: (nowMs() - (reports.receivedAtMs(node) ?? nowMs())) / 1000,
      })),
  });
}

function countsOf(words: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const word of words) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts];
}
