/**
 * By the name of the Egress, the Nodes that lost its group and have not yet reported that they
 * applied that, sorted.
 */
export type PendingRemovals = ReadonlyMap<string, readonly string[]>;

/** The part of a decision that pending removals depend on. */
interface DecidedGroups {
  /** By the name of the Egress, the Nodes that have the group. */
  readonly nodesOfGroup: { get(egress: string): readonly string[] | undefined };
  /** By the names of the existing Egresses. */
  readonly egresses: { has(egress: string): boolean };
  /** By the names of the existing Nodes. */
  readonly nodes: { has(nodeName: string): boolean };
}

/**
 * The pending removals after a decision has been published. Nodes that have left the cluster and
 * Egresses that are gone do not count.
 * @param before those before it, and the Nodes that lost groups by it
 * @param hasApplied whether a Node has applied the latest version of its view of a group
 */
export function pendingRemovalsAfter(
  before: { readonly pending: PendingRemovals; readonly removed: PendingRemovals },
  { nodesOfGroup, egresses, nodes }: DecidedGroups,
  hasApplied: (nodeName: string, egress: string) => boolean,
): PendingRemovals {
  const after = new Map<string, readonly string[]>();
  for (const egress of new Set([...before.pending.keys(), ...before.removed.keys()])) {
    const lost = [...(before.pending.get(egress) ?? []), ...(before.removed.get(egress) ?? [])];
    const have = nodesOfGroup.get(egress) ?? [];
    const pending = [...new Set(lost)].filter(
      (nodeName) =>
        nodes.has(nodeName) && !have.includes(nodeName) && !hasApplied(nodeName, egress),
    );
    if (pending.length > 0 && egresses.has(egress)) {
      after.set(egress, pending.sort());
    }
  }
  return after;
}
