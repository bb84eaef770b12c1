import type { Agent, AgentState } from './agent.ts';
import type { AgentMetrics } from './agent-metrics.ts';
import type { Answer } from './health-server.ts';

/**
 * `/readyz` is 200 while the dataplane can be put right; an Egress that cannot be had does not
 * count against the Node.
 */
export function healthRoutes(
  agent: Agent,
  { registry }: AgentMetrics,
): Readonly<Record<string, () => Answer | Promise<Answer>>> {
  return {
    '/healthz': () => text(200, 'ok'),
    '/readyz': () => readiness(agent.state()),
    '/metrics': async () => ({
      status: 200,
      contentType: 'text/plain',
      body: await registry.metrics(),
    }),
    '/state': () => ({
      status: 200,
      contentType: 'application/json',
      body: `${JSON.stringify(agent.state(), plain, 2)}\n`,
    }),
  };
}

function text(status: number, body: string): Answer {
  return { status, contentType: 'text/plain', body: `${body}\n` };
}

function readiness({ waitingFor, lastPass, failure }: AgentState): Answer {
  if (waitingFor.length > 0) {
    return text(503, `waiting for ${waitingFor.join(', ')}`);
  }
  if (lastPass === 'none') {
    return text(503, 'waiting for the first pass over the dataplane');
  }
  return lastPass === 'ok'
    ? text(200, 'ok')
    : text(503, `the last pass over the dataplane failed: ${failure ?? ''}`);
}

/** Maps and sets as JSON objects and arrays. */
function plain(_key: string, value: unknown): unknown {
  return value instanceof Map
    ? Object.fromEntries(value)
    : value instanceof Set
      ? [...value]
      : value;
}
