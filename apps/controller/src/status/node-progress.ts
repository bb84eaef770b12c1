import type { NodeReport } from '@sallyport/api';
import type { Decision } from '../decide/decide.ts';
import type { Leaving } from '../publish/leaving.ts';
import type { Stores } from '../publish/stores.ts';

/** How far a Node's dataplane is with what it has last been told of a group. */
export type NodeProgress = { readonly nodeName: string } & (
  | { readonly state: 'Realized' | 'Behind' }
  /** It has not reported since we started, and there has been time. */
  | { readonly state: 'Silent' }
  /** It may just not have had the time to report. */
  | { readonly state: 'Unknown' }
  | { readonly state: 'Failing'; readonly failure: string }
);

export interface ProgressInput {
  readonly store: Pick<Stores['egressGroups'], 'changedAt' | 'startVersion'>;
  readonly reports: ReadonlyMap<string, NodeReport>;
  readonly leaving: Leaving;
  readonly settling: boolean;
}

/** Whether a Node has applied what it was last told of a group, be it that the group is none of its business any more. */
export const isUpToDate = (
  nodeName: string,
  group: string,
  { store, reports }: Pick<ProgressInput, 'store' | 'reports'>,
): boolean => Number(reports.get(nodeName)?.realizedResourceVersion ?? '') >= store.changedAt(nodeName, group);

/** Why the Node does not do what the Egress says. */
const failuresOf = ({ failure, faults = [] }: NodeReport, egress: string): readonly string[] => [
  ...(failure === undefined ? [] : [failure]),
  ...faults.filter((fault) => (fault.egress ?? egress) === egress).map(({ message }) => message),
];

/** The progress of one Node with one group. */
export const nodeProgressFor = (nodeName: string, group: string, input: ProgressInput): NodeProgress => {
  const { store, reports, settling } = input;
  const report = reports.get(nodeName);
  if (report === undefined) return { nodeName, state: settling ? 'Unknown' : 'Silent' };
  // A version of our predecessor: it says nothing about what we told the Node.
  const { realizedResourceVersion: realized } = report;
  if (settling && realized !== '' && Number(realized) < store.startVersion) return { nodeName, state: 'Unknown' };
  // Also at the right version: a fault, or something that undid what had been realized.
  const failures = failuresOf(report, group);
  if (failures.length > 0) return { nodeName, state: 'Failing', failure: failures.join(' ') };
  return { nodeName, state: isUpToDate(nodeName, group, input) ? 'Realized' : 'Behind' };
};

/** The progress of every Node on which an Egress's being realized depends: those with its group, and those that have to forget it. */
export const progressOf = (
  egress: string,
  { nodesOfGroup }: Pick<Decision, 'nodesOfGroup'>,
  input: ProgressInput,
): readonly NodeProgress[] => {
  const leaving = input.leaving.get(egress) ?? [];
  return [
    ...(nodesOfGroup.get(egress) ?? []),
    ...leaving.filter((nodeName) => !isUpToDate(nodeName, egress, input)),
  ].map((nodeName) => nodeProgressFor(nodeName, egress, input));
};
