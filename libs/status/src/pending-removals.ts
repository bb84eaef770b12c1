/**
 * By the name of the Egress, the Nodes that lost its group and have not yet reported that they
 * applied that, sorted.
 */
export interface PendingRemovalsView {
  get(egress: string): readonly string[] | undefined;
}

/** Keeps the pending removals. Each change costs the removals that it concerns. */
export class PendingRemovals implements PendingRemovalsView {
  readonly #byEgress = new Map<string, Set<string>>();
  readonly #byNode = new Map<string, Set<string>>();

  get(egress: string): readonly string[] | undefined {
    const nodes = this.#byEgress.get(egress);
    return nodes && [...nodes].sort();
  }

  /** The Egresses whose removal is pending on a Node. */
  on(nodeName: string): ReadonlySet<string> {
    return this.#byNode.get(nodeName) ?? new Set();
  }

  /** A Node no longer has the group. */
  add(egress: string, nodeName: string): void {
    link(this.#byEgress, egress, nodeName);
    link(this.#byNode, nodeName, egress);
  }

  /** A Node has the group again, or has removed it. */
  delete(egress: string, nodeName: string): void {
    unlink(this.#byEgress, egress, nodeName);
    unlink(this.#byNode, nodeName, egress);
  }

  /** An Egress is gone. */
  deleteEgress(egress: string): void {
    for (const nodeName of this.#byEgress.get(egress) ?? []) {
      unlink(this.#byNode, nodeName, egress);
    }
    this.#byEgress.delete(egress);
  }

  /** A Node has left the cluster. */
  deleteNode(nodeName: string): void {
    for (const egress of this.on(nodeName)) {
      unlink(this.#byEgress, egress, nodeName);
    }
    this.#byNode.delete(nodeName);
  }

  /**
   * A Node has reported.
   * @param hasApplied whether it has applied the latest version of its view of a group
   */
  settle(nodeName: string, hasApplied: (egress: string) => boolean): void {
    for (const egress of this.on(nodeName)) {
      if (hasApplied(egress)) {
        this.delete(egress, nodeName);
      }
    }
  }
}

function link(links: Map<string, Set<string>>, from: string, to: string): void {
  links.set(from, (links.get(from) ?? new Set()).add(to));
}

function unlink(links: Map<string, Set<string>>, from: string, to: string): void {
  const all = links.get(from);
  all?.delete(to);
  if (all?.size === 0) {
    links.delete(from);
  }
}
