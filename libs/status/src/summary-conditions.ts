import type { EgressConditionType, egressSummaryTypes } from '@sallyport/api';
import type { Reason } from './reasons.ts';
import { reasons } from './reasons.ts';
import type { Verdict } from './verdict.ts';

type Verdicts = Readonly<Record<EgressConditionType, Verdict | 'undecided'>>;

/** The conditions that Ready needs, the first cause first. A conflict is none: see Realized. */
const NEEDED = ['IPAllocated', 'IPAssigned', 'Realized'] as const;

/** The reason of Stalled when it is False. */
const NOT_STALLED = 'NotStalled';

/**
 * The conditions for programs that wait. Ready repeats the first needed condition that is not True,
 * or else Realized. Stalled is True when waiting does not help.
 */
export function summaryConditions(
  verdicts: Verdicts,
): Readonly<Record<(typeof egressSummaryTypes)[number], Verdict | 'undecided'>> {
  const type = NEEDED.find((one) => !isTrue(verdicts[one])) ?? 'Realized';
  const ready = verdicts[type];
  if (ready === 'undecided') {
    return { Ready: 'undecided', Stalled: 'undecided' };
  }
  const ofType: Readonly<Record<string, Reason>> = reasons[type];
  const isStalled = ofType[ready.reason]?.needsChange === true;
  return {
    Ready: ready,
    Stalled: isStalled
      ? { ...ready, status: 'True' }
      : { status: 'False', reason: NOT_STALLED, message: 'no change of the Egress is needed' },
  };
}

function isTrue(verdict: Verdict | 'undecided'): boolean {
  return verdict !== 'undecided' && verdict.status === 'True';
}
