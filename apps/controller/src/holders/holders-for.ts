import type { Gateway, NodeReport } from '@sallyport/api';
import { tunnelIpOf } from '@sallyport/api';
import type { Node, ObservedEgress } from '@sallyport/kube';
import { servedIpsOf } from './served.ts';

/** The reason of the condition IPAssigned while several Nodes hold the IP. */
export const SEVERAL_NODES = 'SeveralNodes';

/** Which Node has an Egress's IP on one of its interfaces. */
export type Holder =
  /** The Egress has no IPv4 egress IP. */
  | { readonly kind: 'NoIP' }
  /**
   * Shortly after the start: nobody who has reported holds it, and these Nodes have not reported
   * yet.
   */
  | { readonly kind: 'Unknown'; readonly ip: string; readonly waitingFor: readonly string[] }
  | { readonly kind: 'Nobody'; readonly ip: string }
  | { readonly kind: 'Several'; readonly ip: string; readonly nodeNames: readonly string[] }
  /** One Node, but it has no IPv4 InternalIP to tunnel to. */
  | { readonly kind: 'Unreachable'; readonly ip: string; readonly nodeName: string }
  | {
      readonly kind: 'One';
      readonly ip: string;
      readonly nodeName: string;
      readonly nodeIP: string;
    };

export interface HoldersInput {
  readonly egresses: readonly ObservedEgress[];
  readonly nodes: ReadonlyMap<string, Node>;
  /** By the Node's name. */
  readonly reports: ReadonlyMap<string, Pick<NodeReport, 'addresses'>>;
  /**
   * Whether Nodes may just not have had the time to report since we started. Until then nobody
   * loses an IP for want of a report, and the order of the reports does not matter: `Nobody` is not
   * said, the holder of the status stays until it reports itself, and an IP that several Nodes had
   * is not one's again before all have reported.
   */
  readonly settling: boolean;
}

/** Where members send their traffic; undefined while there is no one Node to send it to. */
export function gatewayOf(holder: Holder | undefined): Gateway | undefined {
  return holder?.kind === 'One' ? { nodeName: holder.nodeName, nodeIP: holder.nodeIP } : undefined;
}

/** The holder of each Egress's IP, by the name of the Egress. */
export function holdersFor(input: HoldersInput): ReadonlyMap<string, Holder> {
  const byAddress = nodesByAddress(input);
  const silent = input.settling
    ? [...input.nodes.keys()].filter((name) => !input.reports.has(name)).sort()
    : [];

  const holderOf = (observed: ObservedEgress): Holder => {
    const ip = gatewayIpOf(observed);
    if (ip === undefined) {
      return { kind: 'NoIP' };
    }
    const claimants = byAddress.get(ip) ?? [];
    const reporting = alive(claimants, input);
    const seeded = seededHolder(ip, observed, input);
    const stays =
      input.settling &&
      seeded !== undefined &&
      alive([seeded, ...claimants], input).includes(seeded);
    if (reporting.length > 1 && !stays) {
      return { kind: 'Several', ip, nodeNames: [...reporting].sort() };
    }
    if (silent.length > 0 && hadSeveralHolders(observed)) {
      return { kind: 'Unknown', ip, waitingFor: silent };
    }
    const nodeName = stays ? seeded : (reporting[0] ?? seeded);
    if (nodeName === undefined) {
      return silent.length > 0
        ? { kind: 'Unknown', ip, waitingFor: silent }
        : { kind: 'Nobody', ip };
    }
    const nodeIP = tunnelIpOf(input.nodes.get(nodeName)?.ips ?? []);
    return nodeIP === undefined
      ? { kind: 'Unreachable', ip, nodeName }
      : { kind: 'One', ip, nodeName, nodeIP };
  };

  return new Map(input.egresses.map((observed) => [observed.name, holderOf(observed)]));
}

/** The address that decides who the gateway is. */
export function gatewayIpOf({ egress }: ObservedEgress): string | undefined {
  return servedIpsOf(egress)[0];
}

function nodesByAddress({ nodes, reports }: HoldersInput): ReadonlyMap<string, readonly string[]> {
  const byAddress = new Map<string, string[]>();
  for (const [nodeName, { addresses }] of reports) {
    if (!nodes.has(nodeName)) {
      continue;
    }
    for (const address of new Set(addresses)) {
      const holders = byAddress.get(address);
      if (holders === undefined) {
        byAddress.set(address, [nodeName]);
      } else {
        holders.push(nodeName);
      }
    }
  }
  return byAddress;
}

/**
 * A dead Node's last report stays, so that what it held is recovered by giving it to another Node.
 */
function alive(nodeNames: readonly string[], { nodes }: HoldersInput): readonly string[] {
  const ready = nodeNames.filter((name) => nodes.get(name)?.ready === true);
  return ready.length > 0 ? ready : nodeNames;
}

/**
 * A restarted controller trusts its predecessor until the Node itself speaks, however long that
 * takes: a gateway whose agent is down still forwards.
 */
function seededHolder(
  ip: string,
  { status }: ObservedEgress,
  input: HoldersInput,
): string | undefined {
  const { egressNode, egressIP } = status;
  if (egressNode === undefined || egressIP !== ip) {
    return undefined;
  }
  return input.nodes.has(egressNode) && !input.reports.has(egressNode) ? egressNode : undefined;
}

function hadSeveralHolders({ status }: ObservedEgress): boolean {
  return (
    status.conditions?.some(
      ({ type, reason }) => type === 'IPAssigned' && reason === SEVERAL_NODES,
    ) === true
  );
}
