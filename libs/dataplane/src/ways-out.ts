import type { EgressGroup } from '@sallyport/api';
import { ipFamily } from '@sallyport/api';
import { allocateSnatIds } from './allocate-snat-ids.ts';
import { MAX_SNAT_IDS } from './marks.ts';
import type { NodeFacts } from './node-facts.ts';
import type { PlanFault } from './plan-fault.ts';

/** How the external traffic of an Egress's Pods leaves, as seen from one Node. */
export type WayOut =
  | { readonly way: 'drop' }
  /** Through the tunnel to the gateway. */
  | { readonly way: 'redirect'; readonly tunnelID: number; readonly nodeIP: string }
  /** From this Node, which is the gateway. */
  | {
      readonly way: 'snat';
      readonly tunnelID: number;
      readonly egressIP: string;
      readonly snatId: number;
    };

export interface WaysOut {
  /** By the name of the Egress. */
  readonly egresses: ReadonlyMap<string, WayOut>;
  /** By the address of the Pod. */
  readonly pods: ReadonlyMap<string, WayOut>;
  readonly faults: readonly PlanFault[];
}

const DROP: WayOut = { way: 'drop' };

/**
 * Decides for every Egress and every local Pod. IPv4 only: addresses of the other family are left
 * alone.
 * @param snatIdsInUse the egress IP behind each SNAT id that a rule has now.
 */
export function waysOut(
  groups: readonly EgressGroup[],
  node: NodeFacts,
  snatIdsInUse: ReadonlyMap<number, string>,
): WaysOut {
  const faults: PlanFault[] = [];
  const ordered = [...groups].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const hosted = ordered
    .filter(({ gateway }) => gateway?.nodeName === node.name)
    .flatMap((group) => ipv4Of(group) ?? []);
  const snatIds = allocateSnatIds([...new Set(hosted)], snatIdsInUse);

  const egresses = new Map<string, WayOut>();
  const ownerOfTunnelID = new Map<number, string>();
  for (const group of ordered) {
    const { name } = group.metadata;
    const owner = ownerOfTunnelID.get(group.tunnelID);
    const wayOut =
      owner === undefined
        ? wayOutOf(group, node, snatIds)
        : `it has the tunnel id of Egress ${owner}`;
    if (typeof wayOut === 'string') {
      faults.push({
        egress: name,
        message: `Traffic of Egress ${name} is dropped on Node ${node.name}: ${wayOut}.`,
      });
    }
    egresses.set(name, typeof wayOut === 'string' ? DROP : wayOut);
    ownerOfTunnelID.set(group.tunnelID, owner ?? name);
  }
  return { egresses, pods: podsOf(ordered, egresses, faults), faults };
}

function ipv4Of({ egressIPs }: EgressGroup): string | undefined {
  return egressIPs.find((ip) => ipFamily(ip) === 'IPv4');
}

/** The way out, or why there is none although there should be. */
function wayOutOf(
  group: EgressGroup,
  node: NodeFacts,
  snatIds: ReadonlyMap<string, number>,
): WayOut | string {
  const { gateway, tunnelID } = group;
  const egressIP = ipv4Of(group);
  if (gateway === undefined || egressIP === undefined) {
    return DROP;
  }
  if (gateway.nodeName !== node.name) {
    return ipFamily(gateway.nodeIP) === 'IPv4'
      ? { way: 'redirect', tunnelID, nodeIP: gateway.nodeIP }
      : `the address ${gateway.nodeIP} of its gateway ${gateway.nodeName} is not IPv4, which the tunnel needs`;
  }
  const snatId = snatIds.get(egressIP);
  return snatId === undefined
    ? `there is no SNAT id left for ${egressIP}, as a Node can have ${MAX_SNAT_IDS} egress IPs; move some to another Node`
    : { way: 'snat', tunnelID, egressIP, snatId };
}

/**
 * An address is given to one Pod at a time: of two that claim it one is gone, and until it is known
 * which, nothing leaves.
 */
function podsOf(
  groups: readonly EgressGroup[],
  egresses: ReadonlyMap<string, WayOut>,
  faults: PlanFault[],
): ReadonlyMap<string, WayOut> {
  const claims = new Map<string, string>();
  const pods = new Map<string, WayOut>();
  for (const { metadata, groupMembers } of groups) {
    for (const { pod, ips } of groupMembers) {
      for (const ip of ips.filter((address) => ipFamily(address) === 'IPv4')) {
        const claimant = claims.get(ip) ?? metadata.name;
        if (claimant !== metadata.name) {
          const message = `Traffic of ${ip} is dropped: Pod ${pod.namespace}/${pod.name} of Egress ${metadata.name} and a Pod of Egress ${claimant} both have this address; one of them has to go.`;
          faults.push({ egress: metadata.name, message }, { egress: claimant, message });
        }
        claims.set(ip, claimant);
        pods.set(ip, claimant === metadata.name ? (egresses.get(metadata.name) ?? DROP) : DROP);
      }
    }
  }
  return new Map([...pods].sort(([a], [b]) => (a < b ? -1 : 1)));
}
