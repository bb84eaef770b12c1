import type { Egress, IpFamily } from '@sallyport/api';
import { familiesOf, ipFamily } from '@sallyport/api';

/** The egress IPs of the families that this version translates to, in the order of the Egress. */
export function supportedIpsOf({ egressIPs }: Egress): readonly string[] {
  return egressIPs.filter((ip) => isSupported(ipFamily(ip)));
}

/** The other egress IPs: traffic of their family leaves as if there were no Egress. */
export function unsupportedIpsOf({ egressIPs }: Egress): readonly string[] {
  return egressIPs.filter((ip) => !isSupported(ipFamily(ip)));
}

/** Whether an Egress redirects or drops any traffic at all. */
export function hasSupportedFamily(egress: Egress): boolean {
  return familiesOf(egress).some(isSupported);
}

/** Whether this version redirects and translates traffic of a family: IPv4 only. */
export function isSupported(family: IpFamily): boolean {
  return family === 'IPv4';
}
