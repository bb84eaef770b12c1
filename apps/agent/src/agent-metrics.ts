import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What the agent counts. */
export interface AgentMetrics {
  readonly registry: Registry;
  /** Passes over the dataplane, by `result`: `ok` or `failed`. */
  readonly passes: Counter<'result'>;
  readonly passSeconds: Histogram;
  /** Operations applied, by `op`. */
  readonly operations: Counter<'op'>;
  /** 1 when the last pass succeeded and found nothing wrong. */
  readonly inSync: Gauge;
}

export function createAgentMetrics(): AgentMetrics {
  const registry = new Registry();
  const registers = [registry];
  return {
    registry,
    passes: new Counter({
      name: 'sallyport_agent_passes_total',
      help: 'Passes that compared the dataplane with what it should be, by result.',
      labelNames: ['result'],
      registers,
    }),
    passSeconds: new Histogram({
      name: 'sallyport_agent_pass_seconds',
      help: 'Length of a pass.',
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    operations: new Counter({
      name: 'sallyport_agent_operations_total',
      help: 'Operations applied to the dataplane, by kind.',
      labelNames: ['op'],
      registers,
    }),
    inSync: new Gauge({
      name: 'sallyport_agent_in_sync',
      help: '1 when the dataplane of the Node is what the controller asked for.',
      registers,
    }),
  };
}
