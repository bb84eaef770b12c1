import type { ForgetConnections, Operation } from './operation.ts';

/** The step that forgets these; none when there are none. */
export function forgetting(connections: readonly ForgetConnections[]): readonly Operation[] {
  return connections.length === 0 ? [] : [{ op: 'forget-connections', connections }];
}
