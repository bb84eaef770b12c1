import { BlockList, isIPv6 } from 'node:net';

/**
 * Tells whether an address is in one of the CIDRs, of either family. For IPv4 the cost grows only
 * with the number of different prefix lengths.
 */
export function cidrSet(cidrs: readonly string[]): (ip: string) => boolean {
  const networks = new Map<number, Set<number>>();
  const ipv6 = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', prefix] = cidr.split('/');
    if (isIPv6(address)) {
      ipv6.addSubnet(address, Number(prefix ?? 128), 'ipv6');
      continue;
    }
    const length = Number(prefix ?? 32);
    const known = networks.get(length) ?? new Set();
    networks.set(length, known.add(networkOf(numberFor(address), length)));
  }
  const byLength = [...networks];
  return (ip) => {
    if (ip.includes(':')) {
      return ipv6.check(ip, 'ipv6');
    }
    const number = numberFor(ip);
    return byLength.some(([length, known]) => known.has(networkOf(number, length)));
  };
}

/** The 32 bits of an IPv4 address. */
function numberFor(ip: string): number {
  const [a = 0, b = 0, c = 0, d = 0] = ip.split('.').map(Number);
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

function networkOf(number: number, length: number): number {
  // A shift by 32 would be one by 0.
  return length === 0 ? 0 : number >>> (32 - length);
}
