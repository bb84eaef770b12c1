import type { ProgramViews, Routes } from '@sallyport/http';
import { programRoutes } from '@sallyport/http';
import type { AgentState } from '../loop/agent-loop.ts';

/**
 * The paths of the agent: those of each program, and `/state` with all that the agent knows.
 */
export function agentRoutes(state: () => AgentState, registry: ProgramViews['registry']): Routes {
  return {
    ...programRoutes({ notReady: () => notReady(state()), registry }),
    '/state': () => ({
      status: 200,
      contentType: 'application/json; charset=utf-8',
      body: `${JSON.stringify(state(), plain, 2)}\n`,
    }),
  };
}

/** A Node is ready even if it has Egresses that cannot be realized: their status says so. */
function notReady({ waitingFor, lastPass, failure = '' }: AgentState): string | undefined {
  if (waitingFor.length > 0) {
    return `waiting for ${waitingFor.join(', ')}`;
  }
  switch (lastPass) {
    case 'none':
      return 'waiting for the first pass over the dataplane';
    case 'failed':
      return `the last pass over the dataplane failed: ${failure}`;
    case 'ok':
      return undefined;
  }
}

/** Maps and sets as JSON objects and arrays. */
function plain(_key: string, value: unknown): unknown {
  return value instanceof Map
    ? Object.fromEntries(value)
    : value instanceof Set
      ? [...value]
      : value;
}
