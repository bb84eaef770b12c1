import type { Fault } from '@sallyport/api';
import { parseCidr } from '@sallyport/api';
import type { Observed } from './raw-object.ts';
import { itemsOf, metadataOf, propertiesOf } from './raw-object.ts';

/** The fields of a networking.k8s.io/v1 ServiceCIDR that the controller needs. */
export interface ServiceCIDR {
  readonly name: string;
  /** Canonical: one, or one of each address family. */
  readonly cidrs: readonly string[];
}

/** The ServiceCIDR in an object of the API server; an invalid CIDR becomes a fault. */
export function serviceCIDRFor(raw: unknown): Observed<ServiceCIDR> {
  const { name } = metadataOf(raw);
  const faults: Fault[] = [];
  const cidrs = itemsOf(propertiesOf(propertiesOf(raw).spec).cidrs).flatMap((value, index) => {
    const cidr = typeof value === 'string' ? parseCidr(value) : undefined;
    if (cidr !== undefined) {
      return [cidr];
    }
    faults.push({
      object: `ServiceCIDR ${name}`,
      field: `spec.cidrs[${index}]`,
      value,
      expected: 'a CIDR',
      remedy: 'The CIDR is ignored; give all CIDRs of Services with --service-cidrs.',
    });
    return [];
  });
  return { object: { name, cidrs }, faults };
}
