import type { DesiredNetfilter } from './desired-state.ts';
import type { InternalDiff } from './diff-internal.ts';
import type { EgressPath, ObservedPath } from './egress-path.ts';
import { BLOCKED, hasSameSource, isSamePath, sourceOf } from './egress-path.ts';
import type { ObservedNetfilter } from './observed-state.ts';
import type { ConnectionSelector, SetChange } from './operation.ts';

/** How the Pods of the Node get from their observed egress paths to the desired ones. */
export interface PathsDiff {
  /** Connections to destinations that have become internal: they have an external source. */
  readonly toInternal: readonly ConnectionSelector[];
  /** Blocks the Pods that get another source. */
  readonly block: readonly SetChange[];
  /** Of the Pods that are not blocked: wrong connections to destinations that became external. */
  readonly toExternal: readonly ConnectionSelector[];
  /** The wrong connections of the blocked Pods. */
  readonly ofBlocked: readonly ConnectionSelector[];
  /** Gives every Pod its path. All parts of that path have to be there by then. */
  readonly set: readonly SetChange[];
}

/**
 * A connection keeps the source address it was first translated to, whatever the rules say later.
 * So a Pod that gets another source is blocked, its wrong connections are deleted, and only then it
 * gets its path.
 */
export function diffPaths<Op>(
  observed: ObservedNetfilter<Op>,
  desired: DesiredNetfilter,
  { becameExternal, becameInternal, thrown }: InternalDiff,
): PathsDiff {
  const before = observed.paths ?? new Map<string, ObservedPath>();
  const after = desired.paths;
  const internal = [...desired.internal];
  const ips = [...new Set([...before.keys(), ...after.keys()])].sort();
  // Damaged rules may have let any Pod leave with a wrong address.
  const changing = ips.filter((ip) => {
    return observed.health !== 'intact' || !hasSameSource(before.get(ip), after.get(ip));
  });
  const isBlocked = new Set(changing);
  return {
    toInternal:
      becameInternal.length === 0
        ? []
        : [...before.keys()].map((ip) => ({
            kind: 'pod',
            ip,
            internal: thrown,
            within: becameInternal,
          })),
    block: changing
      .filter((ip) => before.get(ip)?.kind !== 'blocked')
      .map((ip) => ({ op: 'set-path', ip, path: BLOCKED })),
    toExternal:
      becameExternal.length === 0
        ? []
        : ips
            .filter((ip) => !isBlocked.has(ip))
            .map((ip) => ({ ip, keep: sourceOf(ip, after.get(ip)) }))
            .flatMap(({ ip, keep }): ConnectionSelector[] =>
              keep === undefined
                ? []
                : [{ kind: 'pod', ip, internal, within: becameExternal, keep }],
            ),
    ofBlocked: changing
      .map((ip) => ({ ip, path: after.get(ip) }))
      .filter(({ path }) => path?.kind !== 'blocked')
      .map(({ ip, path }): ConnectionSelector => {
        const keep = sourceOf(ip, path);
        return { kind: 'pod', ip, internal, ...(keep === undefined ? {} : { keep }) };
      }),
    set: ips.flatMap((ip) => {
      return setPath(ip, isBlocked.has(ip) ? BLOCKED : before.get(ip), after.get(ip));
    }),
  };
}

function setPath(
  ip: string,
  from: ObservedPath | undefined,
  to: EgressPath | undefined,
): readonly SetChange[] {
  if (to === undefined) {
    return [{ op: 'delete-path', ip }];
  }
  return isSamePath(from, to) ? [] : [{ op: 'set-path', ip, path: to }];
}
