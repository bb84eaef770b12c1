import type { MetricCatalogue, Metrics } from '@sallyport/program';
import { createMetrics } from '@sallyport/program';

/** The metrics of the agent. */
export const agentMetrics = {
  passes: {
    kind: 'counter',
    name: 'sallyport_agent_passes_total',
    labels: ['result'],
    meaning: 'Passes that observed the dataplane and repaired it, by result: ok or failed.',
  },
  passDuration: {
    kind: 'histogram',
    name: 'sallyport_agent_pass_duration_seconds',
    labels: [],
    meaning: 'Duration of a pass.',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  operations: {
    kind: 'counter',
    name: 'sallyport_agent_operations_total',
    labels: ['op'],
    meaning: 'Operations applied to the dataplane, by kind.',
  },
  wrongSourcesDropped: {
    kind: 'counter',
    name: 'sallyport_agent_wrong_source_packets_dropped_total',
    labels: [],
    meaning: 'Packets of selected Pods dropped because their source was not the egress IP.',
  },
  inSync: {
    kind: 'gauge',
    name: 'sallyport_agent_in_sync',
    labels: [],
    meaning: '1 if the last pass succeeded and found no fault, else 0.',
  },
} as const satisfies MetricCatalogue;

export type AgentMetrics = Metrics<typeof agentMetrics>;

/** The metrics of one agent. */
export function createAgentMetrics(): AgentMetrics {
  return createMetrics(agentMetrics);
}
