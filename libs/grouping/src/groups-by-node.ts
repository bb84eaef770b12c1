import type { EgressGroup, Gateway, GroupMember } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import type { ResolvedEgress } from './resolve-egresses.ts';

/** An EgressGroup before the store gives it a resourceVersion. */
export type EgressGroupView = Omit<EgressGroup, 'metadata'> & {
  readonly metadata: Omit<EgressGroup['metadata'], 'resourceVersion'>;
};

/** What grouping does not decide, by the name of the Egress. */
export interface Placement {
  readonly tunnelIDs: ReadonlyMap<string, number>;
  /** The Node that holds the egress IP; no entry when nobody does, or more than one. */
  readonly gateways: ReadonlyMap<string, Gateway>;
}

/**
 * The groups each Node is to see, by the Node's name and sorted by theirs: those with members on
 * it, and those whose gateway it is, members or not. A Node that is not in the map sees none.
 */
export function groupsByNode(
  resolved: ReadonlyMap<string, ResolvedEgress>,
  { tunnelIDs, gateways }: Placement,
): ReadonlyMap<string, readonly EgressGroupView[]> {
  const byNode = new Map<string, EgressGroupView[]>();
  for (const name of [...resolved.keys()].sort()) {
    const { egress, members } = resolved.get(name) ?? {};
    const tunnelID = tunnelIDs.get(name);
    const gateway = gateways.get(name);
    if (egress === undefined || members === undefined || tunnelID === undefined) {
      continue;
    }
    // With nobody to send it, and nobody to drop it either, the Pods' traffic leaves as if no
    // Egress selected them.
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
