import ipaddr from 'ipaddr.js';

/** Four numbers of up to 255. Every address of a Pod passes here; ipaddr.js is ten times slower. */
const dottedQuad = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** `IPv4` or `IPv6`, spelled as in Kubernetes' ipFamilies. */
export type IpFamily = 'IPv4' | 'IPv6';

/** Both families, in the order in which we list them. */
export const ipFamilies: readonly IpFamily[] = ['IPv4', 'IPv6'];

/** Whether a CIDR contains an address, both canonical. */
export function cidrContains(cidr: string, ip: string): boolean {
  return parseCidr(`${ip}/${cidr.split('/')[1]}`) === cidr;
}

/** The canonical text of a CIDR, its host bits cleared, or undefined when `text` is not one. */
export function parseCidr(text: string): string | undefined {
  const match = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text);
  const ip = parseIp(match?.[1] ?? '');
  const prefix = Number(match?.[2]);
  if (ip === undefined || prefix > (ipFamily(ip) === 'IPv4' ? 32 : 128)) {
    return undefined;
  }
  return ipFamily(ip) === 'IPv4'
    ? `${ipaddr.IPv4.networkAddressFromCIDR(`${ip}/${prefix}`).toString()}/${prefix}`
    : `${ipaddr.IPv6.networkAddressFromCIDR(`${ip}/${prefix}`).toRFC5952String()}/${prefix}`;
}

/**
 * The canonical text of one address (IPv6: RFC 5952), or undefined when `text` is not one. Only
 * notations that every tool reads the same way are addresses: no leading zeros (octal to some), no
 * short forms, no zone, no IPv4-mapped IPv6.
 */
export function parseIp(text: string): string | undefined {
  if (dottedQuad.test(text)) {
    return text;
  }
  // A dot is an embedded IPv4 address, a percent sign a zone.
  if (!text.includes(':') || /[.%]/.test(text) || !ipaddr.IPv6.isValid(text)) {
    return undefined;
  }
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? undefined : address.toRFC5952String();
}

/** The family of an address that {@link parseIp} accepted. */
export function ipFamily(ip: string): IpFamily {
  return ip.includes(':') ? 'IPv6' : 'IPv4';
}
