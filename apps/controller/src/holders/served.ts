import type { Egress, IpFamily } from '@sallyport/api';
import { familiesOf, ipFamily } from '@sallyport/api';

/** The egress IPs that Pods leave from, where a Node holds them. */
export function servedIpsOf({ egressIPs }: Egress): readonly string[] {
  return egressIPs.filter((ip) => isServed(ipFamily(ip)));
}

/** The others: traffic of their family leaves as if there were no Egress. */
export function unservedIpsOf({ egressIPs }: Egress): readonly string[] {
  return egressIPs.filter((ip) => !isServed(ipFamily(ip)));
}

/** Whether an Egress steers, or drops, anything at all. */
export function steers(egress: Egress): boolean {
  return familiesOf(egress).some(isServed);
}

/** This version steers IPv4 only. */
export function isServed(family: IpFamily): boolean {
  return family === 'IPv4';
}
