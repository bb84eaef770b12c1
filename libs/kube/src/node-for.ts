import type { Fault } from '@sallyport/api';
import { parseCidr } from '@sallyport/api';
import { addressesOf } from './addresses-of.ts';
import type { Observed } from './raw-object.ts';
import { itemsOf, metadataOf, propertiesOf } from './raw-object.ts';

/** The fields of a v1 Node that the controller needs. */
export interface Node {
  readonly name: string;
  /** InternalIPs, canonical, in the order of the status. */
  readonly ips: readonly string[];
  /** spec.podCIDRs, canonical. */
  readonly podCIDRs: readonly string[];
  /** False only if the condition Ready has another status than True. */
  readonly ready: boolean;
}

/** The Node in a v1 Node object; invalid addresses and CIDRs become faults. */
export function nodeFor(raw: unknown): Observed<Node> {
  const { name } = metadataOf(raw);
  const { spec, status } = propertiesOf(raw);
  const faults: Fault[] = [];
  const addresses = itemsOf(propertiesOf(status).addresses).map((item, index) => {
    const { type, address } = propertiesOf(item);
    return { type, field: `status.addresses[${index}].address`, value: address };
  });
  const podCIDRs = itemsOf(propertiesOf(spec).podCIDRs).flatMap((value, index) => {
    const cidr = typeof value === 'string' ? parseCidr(value) : undefined;
    if (cidr !== undefined) {
      return [cidr];
    }
    const remedy = 'The CIDR is ignored; give the Pod network with --pod-cidrs.';
    faults.push({
      object: `Node ${name}`,
      field: `spec.podCIDRs[${index}]`,
      value,
      expected: 'a CIDR',
      remedy,
    });
    return [];
  });
  const internal = addresses.filter(({ type }) => type === 'InternalIP');
  const ips = addressesOf(internal, `Node ${name}`, faults);
  return { object: { name, ips, podCIDRs, ready: isReady(status) }, faults };
}

function isReady(status: unknown): boolean {
  return itemsOf(propertiesOf(status).conditions)
    .map(propertiesOf)
    .every((condition) => condition.type !== 'Ready' || condition.status === 'True');
}
