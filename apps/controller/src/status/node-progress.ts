import type { NodeReport } from '@sallyport/api';
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
  readonly store: Pick<Stores['egressGroups'], 'get' | 'startVersion'>;
  readonly reports: ReadonlyMap<string, NodeReport>;
  readonly settling: boolean;
}

/** Why the Node does not do what the Egress says. */
const failuresOf = ({ failure, faults = [] }: NodeReport, egress: string): readonly string[] => [
  ...(failure === undefined ? [] : [failure]),
  ...faults.filter((fault) => (fault.egress ?? egress) === egress).map(({ message }) => message),
];

/** The progress of one Node with one group. */
export const nodeProgressFor = (
  nodeName: string,
  group: string,
  { store, reports, settling }: ProgressInput,
): NodeProgress => {
  const report = reports.get(nodeName);
  if (report === undefined) return { nodeName, state: settling ? 'Unknown' : 'Silent' };
  const told = Number(store.get(nodeName, group)?.metadata.resourceVersion ?? 0);
  const realized = Number(report.realizedResourceVersion);
  // A version of our predecessor: it says nothing about what we told the Node.
  if (settling && report.realizedResourceVersion !== '' && realized < store.startVersion)
    return { nodeName, state: 'Unknown' };
  // Also at the right version: a fault, or something that undid what had been realized.
  const failures = failuresOf(report, group);
  if (failures.length > 0) return { nodeName, state: 'Failing', failure: failures.join(' ') };
  return { nodeName, state: realized >= told ? 'Realized' : 'Behind' };
};
