import type { Egress, EgressResource, EgressStatus } from '@sallyport/api';
import { egressFor } from '@sallyport/api';
import type { Observed } from './observed.ts';
import { metadataOf } from './raw-object.ts';

/** An Egress and what its status says now. */
export interface ObservedEgress {
  readonly name: string;
  readonly egress: Egress;
  readonly status: EgressStatus;
  /** A decimal number. */
  readonly resourceVersion: string;
}

/** What we need of an Egress. Its status is our own writing, so it is taken as it is. */
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
