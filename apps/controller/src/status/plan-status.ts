import type { ClusterNetwork, Condition, EgressStatus, Fault } from '@sallyport/api';
import { setCondition } from '@sallyport/api';
import type { ResolvedEgress } from '@sallyport/grouping';
import type { Holder } from '../holders/holders-for.ts';
import { servedIpsOf } from '../holders/served.ts';
import { conflictedCondition } from './conflicted-condition.ts';
import { ipAllocatedCondition } from './ip-allocated-condition.ts';
import { ipAssignedCondition } from './ip-assigned-condition.ts';
import type { NodeProgress } from './node-progress.ts';
import { realizedCondition } from './realized-condition.ts';

/** What a condition says; the rest is the same for all. */
export type Verdict = Pick<Condition, 'status' | 'reason' | 'message'>;

/** What the status of one Egress is made from. */
export interface StatusInput extends ResolvedEgress {
  readonly faults: readonly Fault[];
  readonly holder: Holder;
  readonly network: Pick<ClusterNetwork, 'podCIDRs' | 'serviceCIDRs'>;
  /**
   * Of the Nodes with the group (the gateway and those with members), and of those that have yet to
   * forget it.
   */
  readonly progress: readonly NodeProgress[];
  /** What it is now. */
  readonly previous: EgressStatus;
  readonly now: Date;
}

/** The status an Egress is to have. Given its result as `previous`, it returns an equal one. */
export function planStatus(input: StatusInput): EgressStatus {
  const { holder, egress, previous, now } = input;
  const before = previous.conditions ?? [];
  const verdicts: Readonly<Record<string, Verdict | 'Undecided'>> = {
    IPAllocated: ipAllocatedCondition(input),
    IPAssigned: ipAssignedCondition(input),
    Realized: realizedCondition(input),
    Conflicted: conflictedCondition(input),
  };
  let conditions = before;
  for (const [type, verdict] of Object.entries(verdicts)) {
    if (verdict === 'Undecided') {
      continue;
    }
    conditions = setCondition(
      conditions,
      { type, ...verdict, observedGeneration: egress.generation },
      now,
    );
  }
  const assigned = holder.kind === 'One' || holder.kind === 'Unreachable';
  return {
    ...(assigned && { egressNode: holder.nodeName, egressIP: holder.ip }),
    ...(assigned && egress.egressIPs.length > 1 && { egressIPs: servedIpsOf(egress) }),
    conditions,
  };
}
