import type { Condition, EgressStatus } from '@sallyport/api';

/** An Event about an Egress, for `kubectl describe`. */
export interface StatusEvent {
  readonly type: 'Normal' | 'Warning';
  /** A reason of the catalogue. */
  readonly reason: string;
  readonly message: string;
}

/** Realized is left out: it follows every Pod that comes or goes, which is too often. */
const typesWithEvents = ['IPAllocated', 'IPAssigned', 'Conflicted'];

/** The Events about the way from one status to the next: one for each verdict that changed. */
export function eventsFor(previous: EgressStatus, next: EgressStatus): readonly StatusEvent[] {
  return (next.conditions ?? [])
    .filter((condition) => {
      if (!typesWithEvents.includes(condition.type) || condition.status === 'Unknown') {
        return false;
      }
      const before = previous.conditions?.find(({ type }) => type === condition.type);
      // A new Egress without faults is no news, except for its first assignment.
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
