/** Whether an address is in an IPv4 CIDR. */
export function contains(cidr: string, ip: string): boolean {
  const { network, size } = rangeOf(cidr);
  return network === Math.floor(toNumber(ip) / size);
}

interface Range {
  readonly network: number;
  readonly size: number;
}

/** The texts are few and compared very often. */
const ranges = new Map<string, Range>();
const numbers = new Map<string, number>();

function rangeOf(cidr: string): Range {
  const known = ranges.get(cidr);
  if (known !== undefined) {
    return known;
  }
  const [address = '', length = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(length));
  const range = { network: Math.floor(toNumber(address) / size), size };
  ranges.set(cidr, range);
  return range;
}

function toNumber(ip: string): number {
  const known = numbers.get(ip);
  if (known !== undefined) {
    return known;
  }
  const number = ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  numbers.set(ip, number);
  return number;
}
