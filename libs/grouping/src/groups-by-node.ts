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
 * The groups that each Node sees, by the Node's name and sorted by the group's. A Node sees groups
 * with members on it, and groups whose gateway it is, even without members. A Node that sees none
 * has no entry.
 */
export function groupsByNode(
  resolved: ReadonlyMap<string, ResolvedEgress>,
  { tunnelIDs, gateways }: GroupRouting,
): ReadonlyMap<string, readonly EgressGroupView[]> {
  const byNode = new Map<string, EgressGroupView[]>();
  for (const name of [...resolved.keys()].sort()) {
    const { egress, members } = resolved.get(name) ?? {};
    const tunnelID = tunnelIDs.get(name);
    const gateway = gateways.get(name);
    if (egress === undefined || members === undefined || tunnelID === undefined) {
      continue;
    }
    // Without a group on any Node, the Pods' traffic leaves as if no Egress selected them.
    if (gateway === undefined && egress.unavailable === 'NodeIP') {
      continue;
    }
    const buckets = new Map(gateway === undefined ? [] : [[gateway.nodeName, [] as GroupMember[]]]);
    for (const { pod, nodeName, ips } of members) {
      appendTo(buckets, nodeName, { pod, ips });
    }
    for (const [nodeName, groupMembers] of buckets) {
      appendTo(byNode, nodeName, {
        apiVersion: CONTROLPLANE_GROUP_VERSION,
        kind: 'EgressGroup',
        metadata: { name, uid: egress.uid },
        tunnelID,
        egressIPs: egress.egressIPs,
        ...(gateway === undefined ? {} : { gateway }),
        groupMembers,
      });
    }
  }
  return byNode;
}

function appendTo<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) {
    lists.set(key, [item]);
  } else {
    list.push(item);
  }
}
