import type { EgressGroup, Gateway, GroupMember } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import type { ResolvedEgress } from './resolve-egresses.ts';

/** An EgressGroup before the store gives it a resourceVersion. */
export type EgressGroupView = Omit<EgressGroup, 'metadata'> & {
  readonly metadata: Omit<EgressGroup['metadata'], 'resourceVersion'>;
};

/** The parts of groups that do not come from selectors, by the name of the Egress. */
export interface GroupRouting {
  readonly tunnelIDs: ReadonlyMap<string, number>;
  /** No entry unless exactly one Node is the gateway. */
  readonly gateways: ReadonlyMap<string, Gateway>;
}

/**
 * The groups made last, by Egress. While members, tunnel id and gateway stay the same, so do the
 * objects: they can be compared by identity.
 */
export type GroupCache = WeakMap<ResolvedEgress, CachedGroups>;

interface CachedGroups {
  readonly tunnelID: number;
  readonly gateway: Gateway | undefined;
  readonly byNode: ReadonlyMap<string, EgressGroupView>;
}

/**
 * The groups that each Node sees, by the Node's name and sorted by the group's. A Node sees groups
 * with members on it, and groups whose gateway it is, even without members. A Node that sees none
 * has no entry.
 */
export function groupsByNode(
  resolved: ReadonlyMap<string, ResolvedEgress>,
  { tunnelIDs, gateways }: GroupRouting,
  cache: GroupCache = new WeakMap(),
): ReadonlyMap<string, readonly EgressGroupView[]> {
  const byNode = new Map<string, EgressGroupView[]>();
  for (const [name, egress] of [...resolved].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const tunnelID = tunnelIDs.get(name);
    if (tunnelID === undefined) {
      continue;
    }
    const gateway = gateways.get(name);
    let groups = cache.get(egress);
    if (groups?.tunnelID !== tunnelID || !isSameGateway(groups.gateway, gateway)) {
      groups = { tunnelID, gateway, byNode: groupsOf(egress, tunnelID, gateway) };
      cache.set(egress, groups);
    }
    for (const [nodeName, group] of groups.byNode) {
      appendTo(byNode, nodeName, group);
    }
  }
  return byNode;
}

function isSameGateway(a: Gateway | undefined, b: Gateway | undefined): boolean {
  return a?.nodeName === b?.nodeName && a?.nodeIP === b?.nodeIP;
}

/** The group of one Egress on each Node that sees it. */
function groupsOf(
  { egress, members }: ResolvedEgress,
  tunnelID: number,
  gateway: Gateway | undefined,
): ReadonlyMap<string, EgressGroupView> {
  // Without a group on any Node, the Pods' traffic leaves as if no Egress selected them.
  if (gateway === undefined && egress.unavailable === 'NodeIP') {
    return new Map();
  }
  const buckets = new Map(gateway === undefined ? [] : [[gateway.nodeName, [] as GroupMember[]]]);
  for (const { pod, nodeName, ips } of members) {
    appendTo(buckets, nodeName, { pod, ips });
  }
  const groups = new Map<string, EgressGroupView>();
  for (const [nodeName, groupMembers] of buckets) {
    groups.set(nodeName, {
      apiVersion: CONTROLPLANE_GROUP_VERSION,
      kind: 'EgressGroup',
      metadata: { name: egress.name, uid: egress.uid },
      tunnelID,
      egressIPs: egress.egressIPs,
      ...(gateway === undefined ? {} : { gateway }),
      groupMembers,
    });
  }
  return groups;
}

function appendTo<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) {
    lists.set(key, [item]);
  } else {
    list.push(item);
  }
}
