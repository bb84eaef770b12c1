/** Where one fault of a plan ends and the next begins: the agent joins its sentences with spaces. */
const BETWEEN_FAULTS = /(?<=\.) (?=Traffic of |The cluster's network )/;

/** A fault of single Egresses (libs/dataplane, ways-out) begins so, and names those it drops as `Egress <name> `. */
const OF_SINGLE_EGRESSES = 'Traffic of ';

/** Whether a Node's failure is one of this Egress: it is of all Egresses when it is not a fault of others only. */
export const concerns = (failure: string, egress: string): boolean =>
  failure
    .split(BETWEEN_FAULTS)
    .some((fault) => !fault.startsWith(OF_SINGLE_EGRESSES) || fault.includes(`Egress ${egress} `));
