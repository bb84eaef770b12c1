import { isIPv6, SocketAddress } from 'node:net';

/** The address family of IPv4 in netlink messages. */
export const AF_INET = 2;
/** The address family of IPv6 in netlink messages. */
export const AF_INET6 = 10;

/** The family of an address or a CIDR, as netlink messages have it. */
export function familyOf(text: string): number {
  return text.includes(':') ? AF_INET6 : AF_INET;
}

/** The text of an address of 4 or 16 bytes, for IPv6 in the form of RFC 5952. */
export function ipFromBytes(bytes: Uint8Array): string {
  if (bytes.length !== 16) {
    return bytes.join('.');
  }
  const groups = Array.from({ length: 8 }, (_, index) =>
    Buffer.from(bytes)
      .readUInt16BE(2 * index)
      .toString(16),
  );
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address;
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
  const [address = '', length] = cidr.split('/');
  const bytes = bytesFromIp(address);
  return { address: bytes, length: Number(length ?? 8 * bytes.length) };
}

/** The bytes of an address: four, or sixteen for one of IPv6 without an IPv4 part. */
export function bytesFromIp(ip: string): Buffer {
  if (!isIPv6(ip)) {
    return Buffer.from(ip.split('.').map(Number));
  }
  const [head = '', tail = ''] = ip.split('::');
  const [before, after] = [head, tail].map((text) => text.split(':').filter((one) => one !== ''));
  const length = (before?.length ?? 0) + (after?.length ?? 0);
  const zeros = Array.from({ length: 8 - length }, () => '0');
  const groups = [...(before ?? []), ...zeros, ...(after ?? [])];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
