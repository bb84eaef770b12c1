import { isIPv4 } from 'node:net';

/** A UDP datagram in a Geneve packet, as a Pod makes it by hand. */
export interface TunnelledDatagram {
  readonly tunnelID: number;
  readonly source: string;
  readonly destination: string;
  /** The UDP port of the inner destination, and of the inner source. */
  readonly port: number;
}

const MAC = Buffer.from('0a5800000002', 'hex');
const ETHERTYPE_IPV4 = 0x0800;
const PROTOCOL_UDP = 17;

/**
 * The payload of the outer UDP datagram: a Geneve header without options (RFC 8926, section 3.4)
 * and an Ethernet frame. Throws for an address that is not IPv4.
 */
export function geneveDatagram({ tunnelID, source, destination, port }: TunnelledDatagram): Buffer {
  const geneve = Buffer.from('0000655800000000', 'hex');
  geneve.writeUIntBE(tunnelID, 4, 3);
  const ethernet = Buffer.alloc(14);
  MAC.copy(ethernet, 0);
  MAC.copy(ethernet, 6);
  ethernet.writeUInt16BE(ETHERTYPE_IPV4, 12);
  const payload = Buffer.from('hostile\n');
  const udp = Buffer.alloc(8);
  udp.writeUInt16BE(port, 0);
  udp.writeUInt16BE(port, 2);
  udp.writeUInt16BE(udp.length + payload.length, 4);
  const ip = Buffer.alloc(20);
  ip.writeUInt8(0x45, 0);
  ip.writeUInt16BE(ip.length + udp.length + payload.length, 2);
  ip.writeUInt8(64, 8);
  ip.writeUInt8(PROTOCOL_UDP, 9);
  bytesOf(source).copy(ip, 12);
  bytesOf(destination).copy(ip, 16);
  ip.writeUInt16BE(internetChecksum(ip), 10);
  return Buffer.concat([geneve, ethernet, ip, udp, payload]);
}

function bytesOf(address: string): Buffer {
  if (!isIPv4(address)) {
    throw new Error(`expected an IPv4 address, got ${address}`);
  }
  return Buffer.from(address.split('.').map(Number));
}

/** RFC 1071. */
function internetChecksum(header: Buffer): number {
  let sum = 0;
  for (let offset = 0; offset < header.length; offset += 2) {
    sum += header.readUInt16BE(offset);
  }
  while (sum > 0xffff) {
    sum = (sum & 0xffff) + (sum >>> 16);
  }
  return ~sum & 0xffff;
}
