import type { Egress, EgressGroup, Gateway, GroupMember } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import type { DirtyGroups, GroupIndex } from './group-index/group-index.ts';

/** An EgressGroup before the store gives it a resourceVersion. */
export type EgressGroupView = Omit<EgressGroup, 'metadata'> & {
  readonly metadata: Omit<EgressGroup['metadata'], 'resourceVersion'>;
};

/** The parts of a group that do not come from selectors. */
export interface GroupRouting {
  readonly tunnelID: number;
  /** Absent unless exactly one Node is the gateway. */
  readonly gateway?: Gateway;
}

/** By the Node's name and the name of the Egress, the new view; undefined if it is gone. */
export type ViewChanges = ReadonlyMap<string, ReadonlyMap<string, EgressGroupView | undefined>>;

/** The Nodes that see one group. */
interface Viewers {
  readonly nodes: Set<string>;
  sorted: readonly string[] | undefined;
}

/**
 * Makes the view that each Node has of each group. A Node sees groups with members on it, and
 * groups whose gateway it is, even without members.
 */
export class GroupViews {
  readonly #index: GroupIndex;
  readonly #routingOf: (egress: string) => GroupRouting | undefined;
  readonly #viewers = new Map<string, Viewers>();

  /** @param routingOf undefined if the Egress has no group */
  constructor(index: GroupIndex, routingOf: (egress: string) => GroupRouting | undefined) {
    this.#index = index;
    this.#routingOf = routingOf;
  }

  /** The Nodes that see the group of the Egress, sorted. */
  nodesOf(egress: string): readonly string[] {
    const viewers = this.#viewers.get(egress);
    return viewers === undefined ? [] : (viewers.sorted ??= [...viewers.nodes].sort());
  }

  /**
   * Makes the views again that may have changed. A view that has not changed may be among them.
   * @param buckets the changed lists of members
   * @param egresses the Egresses that have changed themselves, or in their routing
   */
  update({ buckets, egresses }: Pick<DirtyGroups, 'buckets' | 'egresses'>): ViewChanges {
    const changes = new Map<string, Map<string, EgressGroupView | undefined>>();
    const renew = (name: string, nodeName: string): void => {
      const view = this.#view(name, nodeName);
      if (this.#note(name, nodeName, view !== undefined) || view !== undefined) {
        const onNode = changes.get(nodeName) ?? new Map<string, EgressGroupView | undefined>();
        changes.set(nodeName, onNode.set(name, view));
      }
    };
    for (const name of egresses) {
      const { gateway } = this.#routingOf(name) ?? {};
      const viewers = this.#viewers.get(name)?.nodes ?? [];
      const nodes = new Set([...viewers, ...this.#index.nodesOf(name)]);
      for (const nodeName of gateway === undefined ? nodes : nodes.add(gateway.nodeName)) {
        renew(name, nodeName);
      }
    }
    for (const { egress, nodeName } of buckets) {
      if (!egresses.has(egress)) {
        renew(egress, nodeName);
      }
    }
    return changes;
  }

  #view(name: string, nodeName: string): EgressGroupView | undefined {
    const egress = this.#index.egress(name);
    const routing = this.#routingOf(name);
    if (egress === undefined || routing === undefined) {
      return undefined;
    }
    // Without a group on any Node, the Pods' traffic leaves as if no Egress selected them.
    if (routing.gateway === undefined && egress.unavailable === 'NodeIP') {
      return undefined;
    }
    const members = this.#index.members(name, nodeName);
    return members.length > 0 || routing.gateway?.nodeName === nodeName
      ? viewFor(egress, routing, members)
      : undefined;
  }

  /** Notes whether a Node sees a group. Returns whether it saw it before. */
  #note(name: string, nodeName: string, sees: boolean): boolean {
    const viewers = this.#viewers.get(name) ?? { nodes: new Set(), sorted: undefined };
    const saw = viewers.nodes.has(nodeName);
    if (saw !== sees) {
      viewers.sorted = undefined;
      if (sees) {
        viewers.nodes.add(nodeName);
        this.#viewers.set(name, viewers);
      } else {
        viewers.nodes.delete(nodeName);
      }
      if (viewers.nodes.size === 0) {
        this.#viewers.delete(name);
      }
    }
    return saw;
  }
}

function viewFor(
  { name, uid, egressIPs }: Egress,
  { tunnelID, gateway }: GroupRouting,
  groupMembers: readonly GroupMember[],
): EgressGroupView {
  return {
    apiVersion: CONTROLPLANE_GROUP_VERSION,
    kind: 'EgressGroup',
    metadata: { name, uid },
    tunnelID,
    egressIPs,
    ...(gateway === undefined ? {} : { gateway }),
    groupMembers,
  };
}
