import type { ForgetConnections, Operation } from './operation.ts';

/** The step that forgets these; none when there are none. */
export const forgetting = (connections: readonly ForgetConnections[]): readonly Operation[] =>
  connections.length === 0 ? [] : [{ op: 'forget-connections', connections }];
