import {
  EXTERNAL_SERVER,
  FLOW_PORTS,
  isPodIP,
  MARKER_PORTS,
  ROUTER,
} from '../network/address-plan.ts';
import type { Flow } from './flow.ts';
import type { Packet } from './packet.ts';

/** Which source addresses the packets of a flow may have in a phase of a test. */
export type Expectation =
  /** This one, and there must be a packet. */
  | { readonly kind: 'only'; readonly source: string }
  /** First the one, then the other (which must be seen), and never back. */
  | { readonly kind: 'change'; readonly from: string; readonly to: string }
  /** As `change`, but it need not have happened yet. */
  | { readonly kind: 'may-change'; readonly from: string; readonly to: string }
  /** No packet at all. */
  | { readonly kind: 'nothing' };

/** What is expected of one flow. */
export interface FlowExpectation {
  readonly flow: Flow;
  readonly expect: Expectation;
}

/** All packets come from `source`, and there is at least one. */
export function only(source: string): Expectation {
  return { kind: 'only', source };
}

/**
 * Packets come from `from`, then from `to`, which is seen; no packet comes from `from` after that.
 */
export function change(from: string, to: string): Expectation {
  return { kind: 'change', from, to };
}

/** Packets come from `from` or `to`, and once `to` is seen none comes from `from`. */
export function mayChange(from: string, to: string): Expectation {
  return { kind: 'may-change', from, to };
}

/** No packet arrives. */
export function nothing(): Expectation {
  return { kind: 'nothing' };
}

/**
 * What is wrong with the packets that the external server received in one phase, one sentence for
 * each fault; empty when all is right. `flowOf` names the sender of a destination port. A flow that
 * nothing is expected of must be silent: a test says what every sender does. Packets to other ports
 * (answers to what the external server asked for) may have any source but a Pod's.
 */
export function packetFaults(
  packets: readonly Packet[],
  expectations: readonly FlowExpectation[],
  flowOf: (port: number) => Flow | undefined,
): readonly string[] {
  // The router's own packets are markers and ICMP errors. A reset carries nothing and opens
  // nothing, and is not always the sender's: a Node that holds an egress IP also resets what the
  // server still sends to connections that an Egress gave up.
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

/** What is wrong with packets whatever a test expects: a Pod's address outside of the cluster. */
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
        `traffic of ${flowOf(port)?.sender ?? `nobody known (port ${String(port)})`}, of which this phase expects nothing`,
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
