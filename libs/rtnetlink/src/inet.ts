/** The address family of IPv4 in netlink messages. */
export const AF_INET = 2;

/** The four bytes of an IPv4 address in dotted notation. */
export const bytesFromIp = (ip: string): Buffer => Buffer.from(ip.split('.').map(Number));

/** The dotted notation of a four-byte IPv4 address. */
export const ipFromBytes = (bytes: Uint8Array): string => bytes.join('.');

/** The bytes of a link-layer address such as `0a:58:00:00:00:02`. */
export const bytesFromMac = (mac: string): Buffer => Buffer.from(mac.replaceAll(':', ''), 'hex');

export const macFromBytes = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');

/** The address and the prefix length of a CIDR. */
export const prefixFromCidr = (cidr: string): { readonly address: Buffer; readonly length: number } => {
  const [address = '', length = '32'] = cidr.split('/');
  return { address: bytesFromIp(address), length: Number(length) };
};
