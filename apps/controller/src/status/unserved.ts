import type { Egress } from '@sallyport/api';
import { unservedIpsOf } from '../holders/served.ts';

/** The reason of the conditions that an IPv6 egress IP makes false. */
export const IPV6_NOT_SUPPORTED = 'IPv6NotSupported';

/**
 * What becomes of egress IPs that this version does not serve, as a sentence if there are any:
 * their family is not steered, nor dropped.
 */
export function unserved(egress: Egress): readonly string[] {
  const ips = unservedIpsOf(egress);
  return ips.length === 0
    ? []
    : [
        `this version does not serve ${ips.join(', ')}: IPv6 traffic of the selected Pods leaves as if there were no Egress`,
      ];
}
