import type { Fault } from '@sallyport/api';
import { parseIp } from '@sallyport/api';

/** The canonical addresses among `values`; what is none is left out and added to `faults`. */
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
    const remedy = 'It is left out; whoever writes the status has to correct it.';
    faults.push({ object, field, value, expected: 'an IPv4 or IPv6 address', remedy });
    return [];
  });
}
