import { familiesOf, ipFamily, type Egress, type IpFamily } from '@sallyport/api';

/** This version steers IPv4 only. */
export const isServed = (family: IpFamily): boolean => family === 'IPv4';

/** The egress IPs that Pods leave from, where a Node holds them. */
export const servedIpsOf = ({ egressIPs }: Egress): readonly string[] =>
  egressIPs.filter((ip) => isServed(ipFamily(ip)));

/** The others: traffic of their family leaves as if there were no Egress. */
export const unservedIpsOf = ({ egressIPs }: Egress): readonly string[] =>
  egressIPs.filter((ip) => !isServed(ipFamily(ip)));

/** Whether an Egress steers, or drops, anything at all. */
export const steers = (egress: Egress): boolean => familiesOf(egress).some(isServed);
