import type { Condition, EgressConditionType } from '@sallyport/api';
import type { Reason, ReasonOf } from './reasons.ts';
import { reasons } from './reasons.ts';

/** Status, reason and message of one condition. */
export type Verdict = Pick<Condition, 'status' | 'reason' | 'message'>;

/** The verdict for a reason of the catalogue, which also gives the status. */
export function verdict<T extends EgressConditionType>(
  type: T,
  reason: ReasonOf<T>,
  message: string,
): Verdict {
  const ofType: Readonly<Record<string, Reason>> = reasons[type];
  return { status: ofType[reason]?.status ?? 'Unknown', reason, message };
}
