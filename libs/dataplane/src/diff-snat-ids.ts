import type { DesiredNetfilter } from './desired-state.ts';
import type { ObservedNetfilter } from './observed-state.ts';
import type { ConnectionSelector } from './operation.ts';

/** The connections of other Nodes' Pods that have to be translated anew on this gateway. */
export interface SnatIdsDiff {
  /** With new rules in place: connections that may have another source than the SNAT id says. */
  readonly wrong: readonly ConnectionSelector[];
  /** With no packet on the old rules: connections of egress IPs that have left this Node. */
  readonly unused: readonly ConnectionSelector[];
}

/** Where the rules are not intact, the connections of every SNAT id count as wrong. */
export function diffSnatIds<Op>(
  { snatIds: before, health }: ObservedNetfilter<Op>,
  { snatIds: after }: DesiredNetfilter,
): SnatIdsDiff {
  const ordered = [...after].sort(([a], [b]) => a - b);
  const assigned = new Set(after.values());
  return {
    // A new SNAT id may be one whose rule somebody deleted.
    wrong: ordered
      .filter(([snatId, egressIP]) => health !== 'intact' || before.get(snatId) !== egressIP)
      .map(([snatId, keep]) => ({ kind: 'snat-id', snatId, keep })),
    // By SNAT id and not by address: the address may be the Node's own, to which the CNI
    // masquerades others.
    unused: [...before]
      .filter(([, egressIP]) => !assigned.has(egressIP))
      .map(([snatId]) => ({ kind: 'snat-id', snatId })),
  };
}
