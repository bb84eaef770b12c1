import { BlockList, isIP as familyOf } from 'node:net';
import { isCIDR } from '../model/formats.ts';

const mapped = new BlockList();
mapped.addSubnet('::ffff:0.0.0.0', 96, 'ipv6');

/** CEL's `net.IP`. The constructor throws on a text that is no IP address. */
export class IpAddress {
  readonly text: string;

  constructor(text: string) {
    if (!isIP(text)) {
      throw new Error(`IP Address ${JSON.stringify(text)} parse error`);
    }
    this.text = text;
  }

  get family(): 4 | 6 {
    return familyOf(this.text) === 4 ? 4 : 6;
  }
}

/** CEL's `net.CIDR`. The constructor throws on a text that is no CIDR. */
export class Cidr {
  readonly text: string;
  readonly address: IpAddress;
  readonly prefixLength: number;

  constructor(text: string) {
    if (!isCIDR(text)) {
      throw new Error(`network address parse error: ${JSON.stringify(text)}`);
    }
    const [address = '', length = ''] = text.split('/');
    this.text = text;
    this.address = new IpAddress(address);
    this.prefixLength = Number(length);
  }

  containsIP(text: string): boolean {
    const ip = new IpAddress(text);
    if (ip.family !== this.address.family) {
      return false;
    }
    // Node.js finds IPv4 addresses in IPv6 blocks, so each list has one family only.
    const type = ip.family === 4 ? 'ipv4' : 'ipv6';
    const block = new BlockList();
    block.addSubnet(this.address.text, this.prefixLength, type);
    return block.check(ip.text, type);
  }

  containsCIDR(text: string): boolean {
    const inner = new Cidr(text);
    return inner.prefixLength >= this.prefixLength && this.containsIP(inner.address.text);
  }
}

/**
 * Unlike Node.js, Kubernetes takes neither zones nor IPv4-mapped addresses (k8s.io/apiserver,
 * pkg/cel/library/ip.go).
 */
export function isIP(text: string): boolean {
  const family = familyOf(text);
  return family === 4 || (family === 6 && !text.includes('%') && !mapped.check(text, 'ipv6'));
}
