import type { Condition, Egress, EgressResource, EgressStatus } from '@sallyport/api';
import { egressFor } from '@sallyport/api';
import type { Observed } from './raw-object.ts';
import { metadataOf } from './raw-object.ts';

/** An Egress and its present status. */
export interface ObservedEgress {
  readonly name: string;
  readonly egress: Egress;
  readonly status: EgressStatus;
  /** A decimal number. */
  readonly resourceVersion: string;
}

/**
 * The Egress in an API object. Without the parts of a status that cannot be the controller's: the
 * next write replaces them.
 */
export function observedEgressFor(raw: unknown): Observed<ObservedEgress> {
  const { name } = metadataOf(raw);
  const resource = raw as EgressResource;
  const { egress, faults } = egressFor(resource);
  return {
    object: {
      name,
      egress,
      status: statusFor(resource.status),
      resourceVersion: resource.metadata.resourceVersion ?? '0',
    },
    faults,
  };
}

function statusFor(raw: unknown): EgressStatus {
  if (!isObject(raw)) {
    return {};
  }
  const { egressNode, egressIP, conditions, ...others } = raw;
  return {
    ...others,
    ...(typeof egressNode === 'string' && { egressNode }),
    ...(typeof egressIP === 'string' && { egressIP }),
    ...(Array.isArray(conditions) && { conditions: conditions.filter(isCondition) }),
  };
}

function isCondition(raw: unknown): raw is Condition {
  return isObject(raw) && typeof raw.type === 'string';
}

function isObject(raw: unknown): raw is Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}
