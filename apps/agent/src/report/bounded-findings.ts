import type { NodeReport } from '@sallyport/api';
import { MAX_REPORT_BYTES, MAX_REPORT_ITEMS } from '@sallyport/api';

/** A report without its envelope. */
export type Findings = Omit<NodeReport, 'apiVersion' | 'kind' | 'metadata'>;

type NodeFault = NonNullable<Findings['faults']>[number];

/** The faults of one Egress (or of the Node) that have a text of their own; the rest is counted. */
const MAX_MESSAGES = 5;

/** In characters. The longest names of Kubernetes make a fault of about a thousand. */
const MAX_MESSAGE = 1500;
const MAX_FAILURE = 4000;

/** Leaves a quarter of the report to the addresses, the failure and the summary. */
const MAX_FAULT_BYTES = (MAX_REPORT_BYTES * 3) / 4;

/**
 * The findings with texts and lists shortened to the controller's bounds: it would refuse a larger
 * report for ever. Each Egress with a fault keeps one, since the controller takes an Egress without
 * faults for realized. Faults without an Egress concern all of them.
 */
export function boundedFindings({ addresses, failure, faults = [], ...rest }: Findings): Findings {
  const excess = addresses.length - MAX_REPORT_ITEMS;
  const tooMany = `The Node has ${count(addresses.length)} addresses, and ${count(excess)} of them are not reported. Remove addresses from the Node.`;
  const bounded = boundedFaults([...(excess > 0 ? [{ message: tooMany }] : []), ...faults]);
  return {
    ...rest,
    addresses: addresses.slice(0, MAX_REPORT_ITEMS),
    ...(failure !== undefined && { failure: shortened(failure, MAX_FAILURE) }),
    ...(bounded.length > 0 && { faults: bounded }),
  };
}

function boundedFaults(faults: readonly NodeFault[]): readonly NodeFault[] {
  const groups = [...faultsByEgress(faults).values()].map(summarized);
  const kept: NodeFault[] = [];
  let bytes = 0;
  for (const [index, group] of groups.entries()) {
    bytes += Buffer.byteLength(JSON.stringify(group));
    if (kept.length + group.length >= MAX_REPORT_ITEMS || bytes > MAX_FAULT_BYTES) {
      const message = `Faults of ${count(groups.length - index)} more Egresses have no place in the report; see /state of the agent.`;
      return [...kept, { message }];
    }
    kept.push(...group);
  }
  return kept;
}

/** Faults without an Egress come first. */
function faultsByEgress(
  faults: readonly NodeFault[],
): ReadonlyMap<string | undefined, readonly NodeFault[]> {
  const groups = new Map<string | undefined, NodeFault[]>([[undefined, []]]);
  for (const fault of faults) {
    const group = groups.get(fault.egress);
    if (group === undefined) {
      groups.set(fault.egress, [fault]);
    } else {
      group.push(fault);
    }
  }
  return groups;
}

/** The first faults of one Egress, and the number of the others. */
function summarized(group: readonly NodeFault[]): readonly NodeFault[] {
  const excess = group.length - MAX_MESSAGES;
  const first = group.slice(0, MAX_MESSAGES).map((fault) => ({
    ...fault,
    message: shortened(fault.message, MAX_MESSAGE),
  }));
  return excess > 0
    ? [...first, { ...group[0], message: `And ${count(excess)} more faults.` }]
    : first;
}

function shortened(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
}

function count(value: number): string {
  return value.toLocaleString('en-GB');
}
