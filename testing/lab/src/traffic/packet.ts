/** A packet as tcpdump prints it. ICMP and later fragments have no ports. */
export interface Packet {
  /** Guest's clock, milliseconds since the epoch, with fractions. */
  readonly timeMs: number;
  readonly source: string;
  readonly sourcePort?: number;
  readonly destination: string;
  readonly destinationPort?: number;
  /** The line of tcpdump. */
  readonly line: string;
}

const PACKET =
  /^(\d+\.\d+) IP (\d+\.\d+\.\d+\.\d+)(?:\.(\d+))? > (\d+\.\d+\.\d+\.\d+)(?:\.(\d+))?:/;

/** Parses a line of `tcpdump -n -tt ip`; undefined for a line that is no IPv4 packet. */
export function packetFromLine(line: string): Packet | undefined {
  const [, time, source, sourcePort, destination, destinationPort] = PACKET.exec(line) ?? [];
  if (time === undefined || source === undefined || destination === undefined) {
    return undefined;
  }
  return {
    timeMs: Number(time) * 1000,
    source,
    ...(sourcePort === undefined ? {} : { sourcePort: Number(sourcePort) }),
    destination,
    ...(destinationPort === undefined ? {} : { destinationPort: Number(destinationPort) }),
    line,
  };
}
