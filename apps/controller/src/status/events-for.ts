import type { Condition, EgressStatus } from '@sallyport/api';
import type { EgressEvent } from '@sallyport/kube';

/** Realized follows every Pod that comes or goes: too often for an Event. */
const reported = ['IPAllocated', 'IPAssigned', 'Conflicted'];

/**
 * The Events that tell of the way from one status to the next: one for each outcome that changed.
 */
export function eventsFor(previous: EgressStatus, next: EgressStatus): readonly EgressEvent[] {
  return (next.conditions ?? [])
    .filter((condition) => {
      if (!reported.includes(condition.type) || condition.status === 'Unknown') {
        return false;
      }
      const before = previous.conditions?.find(({ type }) => type === condition.type);
      // That all is well from the start is no news.
      if (before === undefined && condition.type !== 'IPAssigned' && isGood(condition)) {
        return false;
      }
      return before?.status !== condition.status || before.reason !== condition.reason;
    })
    .map((condition) => ({
      type: isGood(condition) ? 'Normal' : 'Warning',
      reason: condition.reason,
      message: condition.message,
    }));
}

function isGood({ type, status }: Condition): boolean {
  return (type === 'Conflicted') === (status === 'False');
}
