import { ROUTE_TABLES } from './constants.ts';
import type { SetChange } from './operation.ts';
import type { RoutingState } from './routing-state.ts';

/** The changes among the cluster-internal destinations. */
export interface InternalDiff {
  readonly add: readonly SetChange[];
  readonly remove: readonly SetChange[];
  /** CIDRs that have become external: connections there may have a source from before. */
  readonly becameExternal: readonly string[];
  /**
   * CIDRs that have become internal and still go through the tunnel: connections there may use it.
   */
  readonly becameInternal: readonly string[];
  /** CIDRs with a `throw` route: the tunnel does not take them. */
  readonly thrown: readonly string[];
}

/**
 * `before` and `after` are CIDRs: the observed set and the desired one. The routes show unfinished
 * changes.
 */
export function diffInternal(
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
  { routes }: RoutingState,
): InternalDiff {
  const removed = [...before].filter((cidr) => !after.has(cidr));
  const redirects = routes.filter(({ table }) => table === ROUTE_TABLES.redirect);
  const thrown = new Set(
    redirects.filter(({ kind }) => kind === 'throw').map(({ destination }) => destination),
  );
  const isTunnelOpen = redirects.some(({ kind }) => kind === 'gateway');
  return {
    add: [...after]
      .filter((cidr) => !before.has(cidr))
      .map((cidr) => ({ op: 'add-internal', cidr })),
    remove: removed.map((cidr) => ({ op: 'delete-internal', cidr })),
    // A throw route is deleted, and added, after the connections are: it shows a restarted agent
    // that the change is not finished.
    becameExternal: [
      ...new Set([...removed, ...[...thrown].filter((cidr) => !after.has(cidr))]),
    ].sort(),
    becameInternal: isTunnelOpen ? [...after].filter((cidr) => !thrown.has(cidr)).sort() : [],
    thrown: [...thrown],
  };
}
