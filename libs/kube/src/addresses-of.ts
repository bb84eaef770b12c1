import type { Fault } from '@sallyport/api';
import { parseIp } from '@sallyport/api';

/** The canonical form of the addresses in `values`; invalid ones are added to `faults` instead. */
export function addressesOf(
  values: readonly { readonly field: string; readonly value: unknown }[],
  object: string,
  faults: Fault[],
): readonly string[] {
  return values.flatMap(({ field, value }) => {
    const ip = typeof value === 'string' ? parseIp(value) : undefined;
    if (ip !== undefined) {
      return [ip];
    }
    const remedy = 'The address is ignored; correct it in the status of the object.';
    faults.push({ object, field, value, expected: 'an IPv4 or IPv6 address', remedy });
    return [];
  });
}
