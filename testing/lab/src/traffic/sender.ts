import { EXTERNAL_SERVER } from '../network/address-plan.ts';
import type { Guest } from '../vm/guest/guest.ts';
import type { Flow } from './flow.ts';
import type { StreamOptions } from './stream.ts';
import { Stream } from './stream.ts';
import type { TrafficOptions } from './traffic.ts';
import { Traffic } from './traffic.ts';

/**
 * Limit for an answer: under emulation a slow one is normal. Tests that expect no answer pass a
 * shorter time.
 */
const REQUEST_TIMEOUT_MS = 25_000;

/** Additional time for the program that sends the request: it has to start and report errors. */
const PROGRAM_TIMEOUT_MS = 20_000;

/** A network namespace that sends traffic: a Pod, a Node, the external server. */
export class Sender {
  protected readonly guest: Guest;
  /** Its name in messages: `default/web-1`, `n1`. */
  readonly name: string;
  readonly netns: string;
  /** Its traffic to the external server, with its own destination port. */
  readonly flow: Flow;

  constructor(guest: Guest, name: string, netns: string, flow: Flow) {
    this.guest = guest;
    this.name = name;
    this.netns = netns;
    this.flow = flow;
  }

  /** The external server at this sender's own port. */
  get externalURL(): string {
    return `http://${EXTERNAL_SERVER.ip}:${String(this.flow.port)}`;
  }

  /**
   * One HTTP request (default: to the external server) on a new connection; returns the source
   * address the server saw.
   */
  async request(
    url: string = this.externalURL,
    timeoutMs: number = REQUEST_TIMEOUT_MS,
  ): Promise<string> {
    try {
      const { stdout } = await this.guest.run(
        ['curl', '-sS', '--max-time', String(timeoutMs / 1000), url],
        {
          netns: this.netns,
          timeoutMs: timeoutMs + PROGRAM_TIMEOUT_MS,
        },
      );
      return stdout;
    } catch (error) {
      throw new Error(`${this.name} got no answer from ${url}`, { cause: error });
    }
  }

  /**
   * One UDP datagram to a port (default: of the external server); returns the source address the
   * server saw.
   */
  async requestUDP(
    ip: string = EXTERNAL_SERVER.ip,
    port: number = this.flow.port,
  ): Promise<string> {
    const seconds = String(REQUEST_TIMEOUT_MS / 1000);
    try {
      const { stdout } = await this.guest.run(
        ['bash', '-c', UDP_REQUEST, 'udp', ip, String(port), seconds],
        {
          netns: this.netns,
          timeoutMs: REQUEST_TIMEOUT_MS + PROGRAM_TIMEOUT_MS,
        },
      );
      return stdout.trim();
    } catch (error) {
      throw new Error(`${this.name} got no answer from ${ip}:${String(port)}/udp`, {
        cause: error,
      });
    }
  }

  /** One ICMP echo request; throws without an answer within so many seconds. */
  async ping(ip: string = EXTERNAL_SERVER.ip, seconds = 20): Promise<void> {
    await this.guest.run(['ping', '-n', '-q', '-c', '1', '-W', String(seconds), ip], {
      netns: this.netns,
      timeoutMs: seconds * 1000 + PROGRAM_TIMEOUT_MS,
    });
  }

  /** New connections one after the other until stopped, with a timeline. */
  startTraffic(options: TrafficOptions = {}): Promise<Traffic> {
    return Traffic.start(
      this.guest,
      this.name,
      this.netns,
      options.url ?? this.externalURL,
      options,
    );
  }

  /** One long-lived TCP connection (default: to the external server). */
  openStream(options: StreamOptions = {}): Promise<Stream> {
    const server = options.server ?? { ip: EXTERNAL_SERVER.ip, port: this.flow.port };
    return Stream.open(this.guest, this.netns, server, options);
  }
}

/**
 * bash: address, port, seconds. dd takes the whole datagram in one read; bash itself reads byte by
 * byte and loses the rest.
 */
const UDP_REQUEST =
  'exec 3<>"/dev/udp/$1/$2"; echo hello >&3; timeout "$3" dd bs=64 count=1 status=none <&3';
