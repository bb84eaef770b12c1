/**
 * By the name of the Egress, the Nodes that were told to forget its group and have yet to say that
 * they did, sorted.
 */
export type Leaving = ReadonlyMap<string, readonly string[]>;

/** What is needed of a decision. */
interface Told {
  readonly nodesOfGroup: ReadonlyMap<string, readonly string[]>;
  /** By the names of the Egresses that there are. */
  readonly resolved: ReadonlyMap<string, unknown>;
  readonly observation: { readonly nodes: ReadonlyMap<string, unknown> };
}

/**
 * Who is leaving once a decision has been published after another one. Nodes that have left the
 * cluster and Egresses that are gone don't count.
 * @param hasApplied whether a Node has applied what it was last told of a group.
 */
export function leavingAfter(
  before: { readonly decision: Pick<Told, 'nodesOfGroup'> | undefined; readonly leaving: Leaving },
  { nodesOfGroup, resolved, observation }: Told,
  hasApplied: (nodeName: string, egress: string) => boolean,
): Leaving {
  const leaving = new Map<string, readonly string[]>();
  for (const egress of resolved.keys()) {
    const told = new Set([
      ...(before.decision?.nodesOfGroup.get(egress) ?? []),
      ...(before.leaving.get(egress) ?? []),
    ]);
    for (const nodeName of nodesOfGroup.get(egress) ?? []) {
      told.delete(nodeName);
    }
    const left = [...told]
      .filter((nodeName) => observation.nodes.has(nodeName) && !hasApplied(nodeName, egress))
      .sort();
    if (left.length > 0) {
      leaving.set(egress, left);
    }
  }
  return leaving;
}
