import type { NodeReport } from '@sallyport/api';
import { CLUSTER_NETWORK_NAME } from '../decide/cluster-network-for.ts';
import type { Decision } from '../decide/decide.ts';
import type { Leaving } from '../publish/leaving.ts';
import { UNPARTITIONED } from '../publish/publish.ts';
import type { Stores } from '../publish/stores.ts';

/**
 * How far a Node's dataplane is with what it has last been told of a group, and of the network the
 * group is used in.
 */
export type NodeProgress = { readonly nodeName: string } & (
  | { readonly state: 'Realized' | 'Behind' }
  /** It has not reported since we started, and there has been time. */
  | { readonly state: 'Silent' }
  /** It may just not have had the time to report. */
  | { readonly state: 'Unknown' }
  /** It has yet to forget the group, and is down: that may take for ever. */
  | { readonly state: 'NotReady' }
  | { readonly state: 'Failing'; readonly failure: string }
);

export interface ProgressInput {
  readonly stores: Stores;
  readonly reports: ReadonlyMap<string, NodeReport>;
  readonly leaving: Leaving;
  readonly settling: boolean;
}

/** What is needed of a decision. */
interface Told extends Pick<Decision, 'nodesOfGroup'> {
  readonly observation: { readonly nodes: ReadonlyMap<string, { readonly ready: boolean }> };
}

/** The progress of the Nodes with an Egress's group, and of those that have yet to forget it. */
export function progressOf(
  egress: string,
  { nodesOfGroup, observation }: Told,
  input: ProgressInput,
): readonly NodeProgress[] {
  const leaving = (input.leaving.get(egress) ?? []).filter(
    (nodeName) => !hasApplied(nodeName, egress, input),
  );
  return [
    ...(nodesOfGroup.get(egress) ?? []).map((nodeName) => nodeProgressFor(nodeName, egress, input)),
    ...leaving.map((nodeName) =>
      observation.nodes.get(nodeName)?.ready === true
        ? nodeProgressFor(nodeName, egress, input)
        : { nodeName, state: 'NotReady' as const },
    ),
  ];
}

/** The progress of one Node with one group. */
export function nodeProgressFor(
  nodeName: string,
  group: string,
  input: ProgressInput,
): NodeProgress {
  const { stores, reports, settling } = input;
  const report = reports.get(nodeName);
  if (report === undefined) {
    return { nodeName, state: settling ? 'Unknown' : 'Silent' };
  }
  if (settling && isOld(report, stores)) {
    return { nodeName, state: 'Unknown' };
  }
  // Also at the right version: a fault, or something that undid what had been realized.
  const failures = failuresOf(report, group);
  if (failures.length > 0) {
    return { nodeName, state: 'Failing', failure: failures.join(' ') };
  }
  const isRealized = hasApplied(nodeName, group, input) && knowsNetwork(report, stores);
  return { nodeName, state: isRealized ? 'Realized' : 'Behind' };
}

/**
 * Whether a Node has applied what it was last told of a group, be it that the group is none of its
 * business any more.
 */
export function hasApplied(
  nodeName: string,
  group: string,
  { stores, reports }: Pick<ProgressInput, 'stores' | 'reports'>,
): boolean {
  return (
    Number(reports.get(nodeName)?.realizedResourceVersion ?? '') >=
    stores.egressGroups.changedAt(nodeName, group)
  );
}

/**
 * Whether the report has a version of our predecessor: that says nothing about what we told the
 * Node.
 */
function isOld(
  { realizedResourceVersion, realizedNetworkVersion }: NodeReport,
  stores: Stores,
): boolean {
  return (
    isBefore(realizedResourceVersion, stores.egressGroups) ||
    isBefore(realizedNetworkVersion, stores.clusterNetworks)
  );
}

function isBefore(version: string, { startVersion }: { readonly startVersion: number }): boolean {
  return version !== '' && Number(version) < startVersion;
}

/** Why the Node does not do what the Egress says. */
function failuresOf({ failure, faults = [] }: NodeReport, egress: string): readonly string[] {
  return [
    ...(failure === undefined ? [] : [failure]),
    ...faults.filter((fault) => (fault.egress ?? egress) === egress).map(({ message }) => message),
  ];
}

/** Whether it knows the Nodes there are: it takes tunnelled packets from those only. */
function knowsNetwork(
  { realizedNetworkVersion }: NodeReport,
  { clusterNetworks }: Stores,
): boolean {
  return (
    Number(realizedNetworkVersion) >= clusterNetworks.changedAt(UNPARTITIONED, CLUSTER_NETWORK_NAME)
  );
}
