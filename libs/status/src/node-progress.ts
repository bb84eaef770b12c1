import type { NodeReport } from '@sallyport/api';
import type { PendingRemovalsView } from './pending-removals.ts';

/**
 * Whether a Node has applied the latest version of a group and of the cluster network, in which the
 * group is used.
 */
export type NodeProgress = { readonly nodeName: string } & (
  | { readonly kind: 'realized' | 'behind' }
  /** It has not reported although the start-up grace has ended. */
  | { readonly kind: 'silent' }
  /** It may still report during the start-up grace. */
  | { readonly kind: 'unknown' }
  /** It has a pending removal and is not Ready, so it may never report again. */
  | { readonly kind: 'not-ready' }
  | { readonly kind: 'failing'; readonly failure: string }
);

/** The versions of the published objects; the versions of one controller only grow. */
export interface PublishedVersions {
  /** Lower versions were published by an earlier controller. */
  readonly firstVersion: number;
  /** The version in which a Node's view of a group last changed or was removed. */
  groupVersion(nodeName: string, egress: string): number;
  /** The version in which the cluster network last changed. */
  networkVersion(): number;
}

/** The facts from which progress is computed. */
export interface ProgressInput {
  readonly published: PublishedVersions;
  /** The latest report of each Node, by the Node's name. */
  readonly reports: ReadonlyMap<string, NodeReport>;
  readonly pendingRemovals: PendingRemovalsView;
  /** True while a missing report means nothing. */
  readonly startupGrace: boolean;
}

/** The part of a decision that progress depends on. */
interface DecidedNodes {
  /** By the name of the Egress, the Nodes that have the group. */
  readonly nodesOfGroup: { get(egress: string): readonly string[] | undefined };
  readonly nodes: ReadonlyMap<string, { readonly ready: boolean }>;
}

/** The progress of the Nodes with the group of an Egress, and of those with a pending removal. */
export function progressOf(
  egress: string,
  { nodesOfGroup, nodes }: DecidedNodes,
  input: ProgressInput,
): readonly NodeProgress[] {
  const removing = (input.pendingRemovals.get(egress) ?? []).filter(
    (nodeName) => !hasApplied(nodeName, egress, input),
  );
  return [
    ...(nodesOfGroup.get(egress) ?? []).map((nodeName) => nodeProgressFor(nodeName, egress, input)),
    ...removing.map((nodeName) =>
      nodes.get(nodeName)?.ready === true
        ? nodeProgressFor(nodeName, egress, input)
        : { nodeName, kind: 'not-ready' as const },
    ),
  ];
}

/** The progress of one Node with one group. */
export function nodeProgressFor(
  nodeName: string,
  egress: string,
  input: ProgressInput,
): NodeProgress {
  const { published, reports, startupGrace } = input;
  const report = reports.get(nodeName);
  if (report === undefined) {
    return { nodeName, kind: startupGrace ? 'unknown' : 'silent' };
  }
  if (startupGrace && isAboutEarlierController(report, published)) {
    return { nodeName, kind: 'unknown' };
  }
  // Also at the latest version: a fault, or a later event that undid the applied state.
  const failures = failuresOf(report, egress);
  if (failures.length > 0) {
    return { nodeName, kind: 'failing', failure: failures.join(' ') };
  }
  const isRealized =
    hasApplied(nodeName, egress, input) &&
    // A Node accepts tunnelled packets only from the Nodes of the network version it has applied.
    Number(report.realizedNetworkVersion) >= published.networkVersion();
  return { nodeName, kind: isRealized ? 'realized' : 'behind' };
}

/** Whether a Node has applied the latest version of its view of a group, or its removal. */
export function hasApplied(
  nodeName: string,
  egress: string,
  { published, reports }: Pick<ProgressInput, 'published' | 'reports'>,
): boolean {
  const realized = reports.get(nodeName)?.realizedResourceVersion ?? '';
  return Number(realized) >= published.groupVersion(nodeName, egress);
}

/** Whether the versions are of an earlier controller, and so mean nothing for ours. */
function isAboutEarlierController(
  { realizedResourceVersion, realizedNetworkVersion }: NodeReport,
  { firstVersion }: PublishedVersions,
): boolean {
  return [realizedResourceVersion, realizedNetworkVersion].some(
    (version) => version !== '' && Number(version) < firstVersion,
  );
}

/** Why the Node has not applied the Egress. */
function failuresOf({ failure, faults = [] }: NodeReport, egress: string): readonly string[] {
  return [
    ...(failure === undefined ? [] : [failure]),
    ...faults.filter((fault) => (fault.egress ?? egress) === egress).map(({ message }) => message),
  ];
}
