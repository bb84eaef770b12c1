/** The address family of IPv4 in netlink messages. */
export const AF_INET = 2;

/** The dotted notation of a four-byte IPv4 address. */
export function ipFromBytes(bytes: Uint8Array): string {
  return bytes.join('.');
}

/** The bytes of a link-layer address such as `0a:58:00:00:00:02`. */
export function bytesFromMac(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex');
}

/** The notation with colons and lower-case digits, as `ip link` prints it. */
export function macFromBytes(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** The address and the prefix length of a CIDR. */
export function prefixFromCidr(cidr: string): {
  readonly address: Buffer;
  readonly length: number;
} {
  const [address = '', length = '32'] = cidr.split('/');
  return { address: bytesFromIp(address), length: Number(length) };
}

/** The four bytes of an IPv4 address in dotted notation. */
export function bytesFromIp(ip: string): Buffer {
  return Buffer.from(ip.split('.').map(Number));
}
