/**
 * By the name of the Egress, the Nodes that lost its group and have not yet reported that they
 * applied that, sorted.
 */
export type PendingRemovals = ReadonlyMap<string, readonly string[]>;

/** The part of a decision that pending removals depend on. */
interface DecidedGroups {
  /** By the name of the Egress, the Nodes that have the group. */
  readonly nodesOfGroup: ReadonlyMap<string, readonly string[]>;
  /** By the names of the existing Egresses. */
  readonly resolved: ReadonlyMap<string, unknown>;
  /** By the names of the existing Nodes. */
  readonly nodes: ReadonlyMap<string, unknown>;
}

/**
 * The pending removals after a decision has been published. Nodes that have left the cluster and
 * Egresses that are gone do not count.
 * @param before the decision published before, if any, and the pending removals after it
 * @param hasApplied whether a Node has applied the latest version of its view of a group
 */
export function pendingRemovalsAfter(
  before: {
    readonly decision: Pick<DecidedGroups, 'nodesOfGroup'> | undefined;
    readonly pendingRemovals: PendingRemovals;
  },
  { nodesOfGroup, resolved, nodes }: DecidedGroups,
  hasApplied: (nodeName: string, egress: string) => boolean,
): PendingRemovals {
  const after = new Map<string, readonly string[]>();
  for (const egress of resolved.keys()) {
    const removed = new Set([
      ...(before.decision?.nodesOfGroup.get(egress) ?? []),
      ...(before.pendingRemovals.get(egress) ?? []),
    ]);
    for (const nodeName of nodesOfGroup.get(egress) ?? []) {
      removed.delete(nodeName);
    }
    const pending = [...removed]
      .filter((nodeName) => nodes.has(nodeName) && !hasApplied(nodeName, egress))
      .sort();
    if (pending.length > 0) {
      after.set(egress, pending);
    }
  }
  return after;
}
