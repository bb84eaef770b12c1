import { EXTERNAL_SERVER, MARKER_PORTS, ROUTER } from '../network/address-plan.ts';
import type { Guest, GuestProcess } from '../vm/guest/guest.ts';
import type { Deferred } from './deferred.ts';
import { deferred } from './deferred.ts';
import type { FlowExpectation } from './expectation.ts';
import { leakFaults, markerPort, packetFaults } from './expectation.ts';
import type { Flows } from './flow.ts';
import type { Packet } from './packet.ts';
import { packetFromLine } from './packet.ts';

/** The packets on the external network are not as expected; the message has a line per fault. */
export class PacketError extends Error {
  override readonly name = 'PacketError';
  readonly faults: readonly string[];

  constructor(phase: string, faults: readonly string[]) {
    super(
      `wrong packets on the external network, ${phase}:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

/** Limit for the arrival of a marker packet. The end of tcpdump is noticed at once. */
const MARKER_TIMEOUT_MS = 60_000;

/**
 * Records every IPv4 packet that arrives at the external server. Marker packets, which the sniffer
 * sends and must see itself, delimit the phases of a test. So no test passes with a dead sniffer,
 * and no clocks are compared.
 */
export class Sniffer {
  readonly #guest: Guest;
  readonly #flows: Flows;
  readonly #packets: Packet[] = [];
  readonly #waiting = new Map<number, Deferred<number>>();
  #process: GuestProcess | undefined;
  #ended: string | undefined;
  #nextMarker: number = MARKER_PORTS.first;
  #checked = 0;
  readonly #lastWords: string[] = [];

  private constructor(guest: Guest, flows: Flows) {
    this.#guest = guest;
    this.#flows = flows;
  }

  /** Starts recording, and returns when the first marker has arrived. */
  static async start(guest: Guest, flows: Flows): Promise<Sniffer> {
    const sniffer = new Sniffer(guest, flows);
    const { netns } = EXTERNAL_SERVER;
    const listening = deferred<undefined>();
    const process = await guest.spawn(
      // Headers alone: the kernel divides the buffer into slots of this length, and only few whole
      // packets (64 KiB with offloading) fit in.
      [
        'tcpdump',
        '-Z',
        'root',
        '-i',
        'eth0',
        '-n',
        '-tt',
        '-l',
        '--immediate-mode',
        '-s',
        '256',
        '-B',
        '16384',
      ].concat(['-Q', 'in', 'ip']),
      {
        netns,
        onLine: (line, stream) => {
          if (stream === 'stdout') {
            sniffer.#record(line);
          } else if (line.includes('listening on')) {
            listening.resolve(undefined);
          } else {
            sniffer.#lastWords.push(line);
          }
        },
      },
    );
    sniffer.#process = process;
    const ended = (why: string) => {
      sniffer.#ended = why;
      for (const waiting of [listening, ...sniffer.#waiting.values()]) {
        waiting.reject(new Error(`the sniffer is dead: ${why}`));
      }
    };
    process.exited.then(
      ({ signal, exitCode }) => {
        ended(
          `tcpdump ended (${signal ?? `exit status ${String(exitCode)}`}): ${sniffer.#lastWords.join('; ')}`,
        );
      },
      (error: unknown) => {
        ended(`the guest is gone: ${String(error)}`);
      },
    );
    await listening.promise;
    await sniffer.mark();
    return sniffer;
  }

  /** All packets up to now, in their order on the wire, markers included. */
  get packets(): readonly Packet[] {
    return this.#packets;
  }

  /**
   * Sends a marker packet, waits for its arrival, and returns its index in `packets`. Throws when
   * the sniffer is dead.
   */
  async mark(): Promise<number> {
    if (this.#ended !== undefined) {
      throw new Error(`the sniffer is dead: ${this.#ended}`);
    }
    const port = this.#nextMarker++;
    const seen = deferred<number>();
    this.#waiting.set(port, seen);
    const timer = setTimeout(() => {
      seen.reject(
        new Error(
          `the sniffer is dead: it did not see its own marker within ${String(MARKER_TIMEOUT_MS / 1000)} s`,
        ),
      );
    }, MARKER_TIMEOUT_MS);
    try {
      await this.#guest.script(`echo marker >/dev/udp/${EXTERNAL_SERVER.ip}/${String(port)}`, {
        netns: ROUTER.netns,
      });
      return await seen.promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(port);
    }
  }

  /**
   * Runs `body` and then checks every packet that arrived meanwhile. All other flows must be
   * silent. Packets from a Pod IP are a fault, also between phases. Throws `PacketError`.
   */
  async phase<T>(
    name: string,
    expectations: readonly FlowExpectation[],
    body: () => Promise<T>,
  ): Promise<T> {
    const start = await this.mark();
    const result = await body();
    const end = await this.mark();
    const between = this.#packets.slice(this.#checked, start);
    // Reported once, not by each phase that follows.
    this.#checked = end;
    this.#check(name, this.#packets.slice(start + 1, end), expectations, between);
    return result;
  }

  /** Stops recording. Throws when the kernel dropped packets before they were recorded. */
  async close(): Promise<void> {
    if (this.#process === undefined || this.#ended !== undefined) {
      return;
    }
    await this.#process.kill('SIGINT');
    const dropped = this.#lastWords
      .map((line) => /^(\d+) packets dropped by kernel/.exec(line)?.[1])
      .find((count) => count !== undefined);
    if (dropped !== undefined && dropped !== '0') {
      throw new Error(`the sniffer missed ${dropped} packets`);
    }
  }

  #check(
    name: string,
    packets: readonly Packet[],
    expectations: readonly FlowExpectation[],
    between: readonly Packet[],
  ): void {
    const flowOf = (port: number) => this.#flows.byPort(port);
    const leaks = leakFaults(between, flowOf).map((fault) => `before the phase, ${fault}`);
    const faults = [...leaks, ...packetFaults(packets, expectations, flowOf)];
    if (faults.length > 0) {
      throw new PacketError(`phase "${name}"`, faults);
    }
  }

  #record(line: string): void {
    const packet = packetFromLine(line);
    if (packet === undefined) {
      return;
    }
    this.#packets.push(packet);
    const marker = markerPort(packet);
    if (marker !== undefined) {
      this.#waiting.get(marker)?.resolve(this.#packets.length - 1);
    }
  }
}
