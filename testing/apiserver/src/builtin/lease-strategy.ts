import { valueAt } from '../model/json.ts';
import type { Strategy } from '../model/resource.ts';
import { invalidValue } from '../model/status-error.ts';

/** Leases: a duration of at least a second. */
export const LEASE_STRATEGY: Strategy = {
  validate(lease) {
    const seconds = valueAt(lease, 'spec', 'leaseDurationSeconds');
    return typeof seconds === 'number' && seconds <= 0
      ? [invalidValue('spec.leaseDurationSeconds', seconds, 'must be greater than 0')]
      : [];
  },
};
