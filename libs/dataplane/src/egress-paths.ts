import type { EgressGroup } from '@sallyport/api';
import { ipFamily } from '@sallyport/api';
import { allocateSnatIds } from './allocate-snat-ids.ts';
import type { EgressPath } from './egress-path.ts';
import { BLOCKED } from './egress-path.ts';
import { MAX_SNAT_IDS } from './marks.ts';
import type { NodeFacts, PlanFault } from './plan.ts';

/** An Egress and the egress path of its Pods on this Node. */
interface PlannedEgress {
  readonly group: EgressGroup;
  readonly path: EgressPath;
}

/** The egress paths on this Node, before they become rules and flows. */
export interface PlannedPaths {
  /** In the order of their names. */
  readonly egresses: readonly PlannedEgress[];
  /** By the address of the Pod, in the order of the addresses. */
  readonly pods: ReadonlyMap<string, EgressPath>;
  /** The tunnel id of each redirected Pod, by its address. */
  readonly tunnelIds: ReadonlyMap<string, number>;
  readonly faults: readonly PlanFault[];
}

/**
 * Decides the egress path of every Egress and every local Pod. IPv4 only: addresses of the other
 * family are left alone.
 * @param snatIdsInUse the egress IP of each SNAT id that a rule has now.
 */
export function planPaths(
  groups: readonly EgressGroup[],
  node: NodeFacts,
  snatIdsInUse: ReadonlyMap<number, string>,
): PlannedPaths {
  const faults: PlanFault[] = [];
  const ordered = [...groups].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const assigned = ordered
    .filter(({ gateway }) => gateway?.nodeName === node.name)
    .flatMap((group) => ipv4Of(group) ?? []);
  const snatIds = allocateSnatIds([...new Set(assigned)], snatIdsInUse);

  const ownerOfTunnelId = new Map<number, string>();
  const egresses = ordered.map((group): PlannedEgress => {
    const { name } = group.metadata;
    const owner = ownerOfTunnelId.get(group.tunnelID);
    ownerOfTunnelId.set(group.tunnelID, owner ?? name);
    const path =
      owner === undefined
        ? pathOf(group, node, snatIds)
        : `it has the tunnel id of Egress ${owner}`;
    if (typeof path !== 'string') {
      return { group, path };
    }
    faults.push({
      egress: name,
      message: `Traffic of Egress ${name} is dropped on Node ${node.name}: ${path}.`,
    });
    return { group, path: BLOCKED };
  });
  return { egresses, ...planPods(egresses, faults), faults };
}

function ipv4Of({ egressIPs }: EgressGroup): string | undefined {
  return egressIPs.find((ip) => ipFamily(ip) === 'IPv4');
}

/** The egress path, or the reason why there is none although there should be. */
function pathOf(
  group: EgressGroup,
  node: NodeFacts,
  snatIds: ReadonlyMap<string, number>,
): EgressPath | string {
  const { gateway } = group;
  const egressIP = ipv4Of(group);
  if (gateway === undefined || egressIP === undefined) {
    return BLOCKED;
  }
  if (gateway.nodeName !== node.name) {
    return ipFamily(gateway.nodeIP) === 'IPv4'
      ? { kind: 'redirected' }
      : `the address ${gateway.nodeIP} of its gateway ${gateway.nodeName} is not IPv4, which the tunnel needs`;
  }
  const snatId = snatIds.get(egressIP);
  return snatId === undefined
    ? `there is no SNAT id left for ${egressIP}, as a Node can have ${MAX_SNAT_IDS} egress IPs; move some to another Node`
    : { kind: 'translated', snatId, egressIP };
}

/**
 * An address belongs to one Pod at a time: if Pods of two Egresses have it, one of them is gone.
 * Until it is known which one, the address is blocked.
 */
function planPods(
  egresses: readonly PlannedEgress[],
  faults: PlanFault[],
): Pick<PlannedPaths, 'pods' | 'tunnelIds'> {
  const owners = new Map<string, string>();
  const paths = new Map<string, EgressPath>();
  const tunnelIds = new Map<string, number>();
  for (const { group, path } of egresses) {
    const { name } = group.metadata;
    for (const { pod, ip } of ipv4Members(group)) {
      const owner = owners.get(ip) ?? name;
      owners.set(ip, owner);
      if (owner !== name) {
        const message = `Traffic of ${ip} is dropped: Pod ${pod} of Egress ${name} and a Pod of Egress ${owner} both have this address. One of them has to go.`;
        faults.push({ egress: name, message }, { egress: owner, message });
      }
      paths.set(ip, owner === name ? path : BLOCKED);
      tunnelIds.set(ip, group.tunnelID);
    }
  }
  const pods = new Map([...paths].sort(([a], [b]) => (a < b ? -1 : 1)));
  const redirected = [...pods].filter(([, { kind }]) => kind === 'redirected');
  return { pods, tunnelIds: new Map(redirected.map(([ip]) => [ip, tunnelIds.get(ip) ?? 0])) };
}

function ipv4Members({ groupMembers }: EgressGroup): readonly { pod: string; ip: string }[] {
  return groupMembers.flatMap(({ pod, ips }) =>
    ips
      .filter((ip) => ipFamily(ip) === 'IPv4')
      .map((ip) => ({ pod: `${pod.namespace}/${pod.name}`, ip })),
  );
}
