import { ROUTE_TABLES } from './constants.ts';
import type { IpsetChange } from './operation.ts';
import type { DataplaneState } from './state.ts';

/** What changes among the destinations inside the cluster. */
export interface SkipsDiff {
  readonly add: readonly IpsetChange[];
  readonly remove: readonly IpsetChange[];
  /** The CIDRs that are not inside any more: connections to there may be translated as if they were. */
  readonly external: readonly string[];
}

export const diffSkips = (actual: DataplaneState, desired: DataplaneState): SkipsDiff => {
  const before = actual.ipsets.skip ?? new Set<string>();
  const after = desired.ipsets.skip ?? new Set<string>();
  const removed = [...before].filter((cidr) => !after.has(cidr));
  // Its `throw` route goes last, and so tells of one that an agent was stopped over.
  const thrown = actual.routing.routes
    .filter(({ table, type, destination }) => {
      return table === ROUTE_TABLES.redirect && type === 'throw' && !after.has(destination);
    })
    .map(({ destination }) => destination);
  return {
    add: [...after].filter((cidr) => !before.has(cidr)).map((cidr) => ({ change: 'add-skip', cidr })),
    remove: removed.map((cidr) => ({ change: 'delete-skip', cidr })),
    external: [...new Set([...removed, ...thrown])].sort(),
  };
};
