import type { EgressConditionType, EgressStatus } from '@sallyport/api';
import { setCondition } from '@sallyport/api';
import { supportedIpsOf } from '@sallyport/placement';
import { conflictedCondition } from './conflicted-condition.ts';
import { ipAllocatedCondition } from './ip-allocated-condition.ts';
import { ipAssignedCondition } from './ip-assigned-condition.ts';
import { realizedCondition } from './realized-condition.ts';
import type { StatusInput } from './status-input.ts';
import { summaryConditions } from './summary-conditions.ts';
import type { Verdict } from './verdict.ts';

/** The desired status of an Egress. Given its result as `previous`, it returns an equal one. */
export function planStatus(input: StatusInput): EgressStatus {
  const { placement, egress, previous, tally, now } = input;
  const verdicts: Readonly<Record<EgressConditionType, Verdict | 'undecided'>> = {
    IPAllocated: ipAllocatedCondition(input),
    IPAssigned: ipAssignedCondition(input),
    Realized: realizedCondition(input),
    Conflicted: conflictedCondition(input),
  };
  let conditions = previous.conditions ?? [];
  for (const [type, verdict] of Object.entries({ ...verdicts, ...summaryConditions(verdicts) })) {
    if (verdict === 'undecided') {
      continue;
    }
    const condition = { type, ...verdict, observedGeneration: egress.generation };
    conditions = setCondition(conditions, condition, now);
  }
  const assigned = placement.kind === 'one' || placement.kind === 'unreachable';
  return {
    observedGeneration: egress.generation,
    selectedPods: tally.selected,
    ...(assigned && { egressNode: placement.nodeName, egressIP: placement.ip }),
    ...(assigned && egress.egressIPs.length > 1 && { egressIPs: supportedIpsOf(egress) }),
    conditions,
  };
}
