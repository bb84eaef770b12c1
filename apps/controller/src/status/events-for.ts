import type { Condition, EgressStatus } from '@sallyport/api';
import type { EgressEvent } from '@sallyport/kube';

/** Realized follows every Pod that comes or goes: too often for an Event. */
const reported = ['IPAllocated', 'IPAssigned', 'Conflicted'];

const isGood = ({ type, status }: Condition): boolean => (type === 'Conflicted') === (status === 'False');

/** The Events that tell of the way from one status to the next: one for each outcome that changed. */
export const eventsFor = (previous: EgressStatus, next: EgressStatus): readonly EgressEvent[] =>
  (next.conditions ?? [])
    .filter((condition) => {
      if (!reported.includes(condition.type) || condition.status === 'Unknown') return false;
      const before = previous.conditions?.find(({ type }) => type === condition.type);
      // That all is well from the start is no news.
      if (before === undefined && condition.type !== 'IPAssigned' && isGood(condition)) return false;
      return before?.status !== condition.status || before.reason !== condition.reason;
    })
    .map((condition) => ({
      type: isGood(condition) ? 'Normal' : 'Warning',
      reason: condition.reason,
      message: condition.message,
    }));
