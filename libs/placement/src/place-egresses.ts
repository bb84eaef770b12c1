import type { Egress, EgressStatus } from '@sallyport/api';
import { tunnelIpOf } from '@sallyport/api';
import type { Placement } from './placement.ts';
import { SEVERAL_NODES } from './placement.ts';
import { supportedIpsOf } from './supported-families.ts';

/** Everything that a placement depends on; equal input gives equal placements. */
export interface PlacementInput {
  readonly egresses: readonly EgressWithStatus[];
  /** The Nodes of the cluster by name, with their InternalIPs. */
  readonly nodes: ReadonlyMap<string, { readonly ips: readonly string[]; readonly ready: boolean }>;
  /** The latest report of each Node, by the Node's name. */
  readonly reports: ReadonlyMap<string, { readonly addresses: readonly string[] }>;
  /**
   * True during the start-up grace, when a missing report means nothing. Until it ends, no Node
   * loses an IP for want of a report, and the order of the reports does not matter:
   * - No IP is placed on `none`.
   * - The Node of the status keeps its IP until it reports itself.
   * - An IP that several Nodes had is not placed on one of them before all Nodes have reported.
   */
  readonly startupGrace: boolean;
}

interface EgressWithStatus {
  readonly name: string;
  readonly egress: Egress;
  readonly status: EgressStatus;
}

/** The placement of each Egress, by the name of the Egress. */
export function placeEgresses(input: PlacementInput): ReadonlyMap<string, Placement> {
  const facts: Facts = {
    ...input,
    reportersOf: nodesByAddress(input),
    waitingFor: input.startupGrace
      ? [...input.nodes.keys()].filter((name) => !input.reports.has(name)).sort()
      : [],
  };
  return new Map(input.egresses.map((egress) => [egress.name, placementOf(egress, facts)]));
}

interface Facts extends PlacementInput {
  /** By address, the Nodes that report it. */
  readonly reportersOf: ReadonlyMap<string, readonly string[]>;
  /** The Nodes that may still report during the start-up grace, sorted. */
  readonly waitingFor: readonly string[];
}

function nodesByAddress({ nodes, reports }: PlacementInput): Facts['reportersOf'] {
  const byAddress = new Map<string, string[]>();
  for (const [nodeName, { addresses }] of reports) {
    if (!nodes.has(nodeName)) {
      continue;
    }
    for (const address of new Set(addresses)) {
      const reporters = byAddress.get(address);
      if (reporters === undefined) {
        byAddress.set(address, [nodeName]);
      } else {
        reporters.push(nodeName);
      }
    }
  }
  return byAddress;
}

function placementOf({ egress, status }: EgressWithStatus, facts: Facts): Placement {
  // The first supported address decides which Node is the gateway.
  const [ip] = supportedIpsOf(egress);
  if (ip === undefined) {
    return { kind: 'no-ip' };
  }
  const { reportersOf, waitingFor, startupGrace } = facts;
  const reporters = reportersOf.get(ip) ?? [];
  const candidates = preferReady(reporters, facts);
  const earlier = earlierNode(ip, status, facts);
  const earlierStays =
    startupGrace &&
    earlier !== undefined &&
    preferReady([earlier, ...reporters], facts).includes(earlier);
  if (candidates.length > 1 && !earlierStays) {
    return { kind: 'several', ip, nodeNames: [...candidates].sort() };
  }
  if (waitingFor.length > 0 && hadSeveralNodes(status)) {
    return { kind: 'unknown', ip, waitingFor };
  }
  const nodeName = earlierStays ? earlier : (candidates[0] ?? earlier);
  if (nodeName !== undefined) {
    return placedOn(nodeName, ip, facts);
  }
  return waitingFor.length > 0 ? { kind: 'unknown', ip, waitingFor } : { kind: 'none', ip };
}

/**
 * The Nodes that are Ready, or all if none is. The last report of a dead Node stays, so its IP is
 * recovered by adding it to another Node.
 */
function preferReady(nodeNames: readonly string[], { nodes }: Facts): readonly string[] {
  const ready = nodeNames.filter((name) => nodes.get(name)?.ready === true);
  return ready.length > 0 ? ready : nodeNames;
}

/**
 * The Node that the status names, until it reports itself. A restarted controller trusts its
 * predecessor for as long as that takes, since a gateway without an agent still forwards.
 */
function earlierNode(
  ip: string,
  { egressNode, egressIP }: EgressStatus,
  { nodes, reports }: Facts,
): string | undefined {
  if (egressNode === undefined || egressIP !== ip) {
    return undefined;
  }
  return nodes.has(egressNode) && !reports.has(egressNode) ? egressNode : undefined;
}

function hadSeveralNodes({ conditions }: EgressStatus): boolean {
  return (
    conditions?.some(({ type, reason }) => type === 'IPAssigned' && reason === SEVERAL_NODES) ===
    true
  );
}

function placedOn(nodeName: string, ip: string, { nodes }: Facts): Placement {
  const nodeIP = tunnelIpOf(nodes.get(nodeName)?.ips ?? []);
  return nodeIP === undefined
    ? { kind: 'unreachable', ip, nodeName }
    : { kind: 'one', ip, nodeName, nodeIP };
}
