import { ROUTE_TABLES } from './constants.ts';
import type { IpsetChange } from './operation.ts';
import type { DataplaneState } from './state.ts';

/** What changes among the destinations inside the cluster. */
export interface SkipsDiff {
  readonly add: readonly IpsetChange[];
  readonly remove: readonly IpsetChange[];
  /**
   * The CIDRs that are not inside any more: connections to there may be translated as if they were.
   */
  readonly external: readonly string[];
  /**
   * The CIDRs that are inside now, and that the tunnel still takes: connections to there may go
   * through it.
   */
  readonly internal: readonly string[];
  /** The CIDRs that the tunnel does not take. */
  readonly thrown: readonly string[];
}

export function diffSkips(actual: DataplaneState, desired: DataplaneState): SkipsDiff {
  const before = actual.ipsets.skip ?? new Set<string>();
  const after = desired.ipsets.skip ?? new Set<string>();
  const removed = [...before].filter((cidr) => !after.has(cidr));
  const redirects = actual.routing.routes.filter(({ table }) => table === ROUTE_TABLES.redirect);
  const thrown = redirects
    .filter(({ type }) => type === 'throw')
    .map(({ destination }) => destination);
  const tunnelIsOpen = redirects.some(({ type }) => type === 'gateway');
  return {
    add: [...after]
      .filter((cidr) => !before.has(cidr))
      .map((cidr) => ({ change: 'add-skip', cidr })),
    remove: removed.map((cidr) => ({ change: 'delete-skip', cidr })),
    // A `throw` route goes last, and comes last: so it tells of a change that an agent was stopped
    // over.
    external: [...new Set([...removed, ...thrown.filter((cidr) => !after.has(cidr))])].sort(),
    internal: tunnelIsOpen ? [...after].filter((cidr) => !thrown.includes(cidr)).sort() : [],
    thrown,
  };
}
