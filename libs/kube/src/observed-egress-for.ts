import type { Egress, EgressResource, EgressStatus } from '@sallyport/api';
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

/** The Egress in an API object. Only the controller writes the status, so it is not checked. */
export function observedEgressFor(raw: unknown): Observed<ObservedEgress> {
  const { name } = metadataOf(raw);
  const resource = raw as EgressResource;
  const { egress, faults } = egressFor(resource);
  return {
    object: {
      name,
      egress,
      status: resource.status ?? {},
      resourceVersion: resource.metadata.resourceVersion ?? '0',
    },
    faults,
  };
}
