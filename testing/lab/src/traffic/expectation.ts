import {
  EXTERNAL_SERVER,
  FLOW_PORTS,
  isPodIP,
  MARKER_PORTS,
  ROUTER,
} from '../network/address-plan.ts';
import type { Flow } from './flow.ts';
import type { Packet } from './packet.ts';

/** The source addresses that the packets of a flow may have in a phase of a test. */
export type Expectation =
  /** This one, with at least one packet. */
  | { readonly kind: 'only'; readonly source: string }
  /** First `from`, then `to`, and never back; `to` must be seen. */
  | { readonly kind: 'change'; readonly from: string; readonly to: string }
  /** As `change`, but `to` need not be seen. */
  | { readonly kind: 'may-change'; readonly from: string; readonly to: string }
  /** No packet at all. */
  | { readonly kind: 'nothing' };

/** The expectation of one flow. */
export interface FlowExpectation {
  readonly flow: Flow;
  readonly expect: Expectation;
}

/** All packets come from `source`, and there is at least one. */
export function only(source: string): Expectation {
  return { kind: 'only', source };
}

/** Packets come from `from`, then from `to`, which must be seen, and no longer from `from`. */
export function change(from: string, to: string): Expectation {
  return { kind: 'change', from, to };
}

/** Packets come from `from` or `to`; after the first one from `to`, none comes from `from`. */
export function mayChange(from: string, to: string): Expectation {
  return { kind: 'may-change', from, to };
}

/** No packet arrives. */
export function nothing(): Expectation {
  return { kind: 'nothing' };
}

/**
 * The faults in the packets that the external server received in one phase, one sentence each. A
 * flow without an expectation must be silent, so that a test names every sender. Packets to other
 * ports, such as answers to requests of the external server, may have any source but a Pod IP.
 * @param flowOf returns the flow of a destination port
 */
export function packetFaults(
  packets: readonly Packet[],
  expectations: readonly FlowExpectation[],
  flowOf: (port: number) => Flow | undefined,
): readonly string[] {
  // The router's own packets are markers and ICMP errors. A reset carries no data, and is not
  // always from the sender. A Node with an egress IP also resets the server's connections when an
  // Egress has ended them.
  const relevant = packets.filter(
    (packet) =>
      packet.destination === EXTERNAL_SERVER.ip &&
      packet.source !== ROUTER.externalIP &&
      !isReset(packet),
  );
  return [
    ...leakFaults(packets, flowOf),
    ...unexpectedFlowFaults(relevant, expectations, flowOf),
    ...expectations.flatMap(({ flow, expect }) =>
      flowFaults(
        relevant.filter(
          (packet) => packet.destinationPort === flow.port && !isPodIP(packet.source),
        ),
        flow,
        expect,
      ),
    ),
  ];
}

/** The destination port of a marker packet that the sniffer sent itself, or undefined. */
export function markerPort(packet: Packet): number | undefined {
  const { source, destination, destinationPort: port } = packet;
  if (source !== ROUTER.externalIP || destination !== EXTERNAL_SERVER.ip || port === undefined) {
    return undefined;
  }
  return port >= MARKER_PORTS.first && port <= MARKER_PORTS.last ? port : undefined;
}

/** The faults that no test may expect: packets with a Pod IP outside of the cluster. */
export function leakFaults(
  packets: readonly Packet[],
  flowOf: (port: number) => Flow | undefined,
): readonly string[] {
  const leaks = packets.filter((packet) => isPodIP(packet.source));
  return faultOf(leaks, (packet) => {
    const sender =
      packet.destinationPort === undefined ? undefined : flowOf(packet.destinationPort)?.sender;
    return `a Pod IP left the cluster, ${packet.source}${sender === undefined ? '' : ` (traffic of ${sender})`}`;
  });
}

function isReset({ line }: Packet): boolean {
  return line.includes('Flags [R');
}

function unexpectedFlowFaults(
  packets: readonly Packet[],
  expectations: readonly FlowExpectation[],
  flowOf: (port: number) => Flow | undefined,
): readonly string[] {
  const expected = new Set(expectations.map(({ flow }) => flow.port));
  const isFlowPort = (port: number): boolean => port >= FLOW_PORTS.first && port <= FLOW_PORTS.last;
  const ports = new Set(
    packets.flatMap(({ destinationPort: port }) =>
      port !== undefined && isFlowPort(port) && !expected.has(port) ? [port] : [],
    ),
  );
  return [...ports].flatMap((port) =>
    faultOf(
      packets.filter((packet) => packet.destinationPort === port),
      () =>
        `traffic of ${flowOf(port)?.sender ?? `an unknown sender (port ${String(port)})`}, but this phase expects none`,
    ),
  );
}

/** One sentence about the first of the packets, with its line and the number of the others. */
function faultOf(
  packets: readonly Packet[],
  sentence: (first: Packet) => string,
): readonly string[] {
  const [first] = packets;
  if (first === undefined) {
    return [];
  }
  const others = packets.length === 1 ? '' : ` (and ${String(packets.length - 1)} more)`;
  return [`${sentence(first)}${others}: ${first.line}`];
}

function flowFaults(
  packets: readonly Packet[],
  flow: Flow,
  expect: Expectation,
): readonly string[] {
  const { sender } = flow;
  switch (expect.kind) {
    case 'nothing':
      return faultOf(
        packets,
        (packet) => `${sender}: expected no packet, but one came from ${packet.source}`,
      );
    case 'only':
      if (packets.length === 0) {
        return [`${sender}: expected packets from ${expect.source}, but none arrived`];
      }
      return faultOf(
        packets.filter((packet) => packet.source !== expect.source),
        (packet) =>
          `${sender}: expected only ${expect.source}, but a packet came from ${packet.source}`,
      );
    case 'change':
    case 'may-change':
      return changeFaults(packets, sender, expect);
  }
}

function changeFaults(
  packets: readonly Packet[],
  sender: string,
  { kind, from, to }: Extract<Expectation, { readonly from: string }>,
): readonly string[] {
  const wanted = `expected ${from}, then ${to}`;
  const firstNew = packets.findIndex((packet) => packet.source === to);
  const strangers = packets.filter((packet) => packet.source !== from && packet.source !== to);
  const relapses =
    firstNew === -1 ? [] : packets.slice(firstNew).filter((packet) => packet.source === from);
  return [
    ...faultOf(
      strangers,
      (packet) => `${sender}: ${wanted}, but a packet came from ${packet.source}`,
    ),
    ...faultOf(relapses, () => `${sender}: ${wanted}, but ${from} was seen again after ${to}`),
    ...(kind === 'change' && firstNew === -1
      ? [
          `${sender}: ${wanted}, but ${to} was never seen (${String(packets.length)} packets in all)`,
        ]
      : []),
  ];
}
