import { waitFor } from '@sallyport/kit';
import type { Guest, GuestProcess } from '../vm/guest/guest.ts';
import type { TimelineEntry } from './timeline.ts';
import { CURL_REPORT, entryFromLine, failuresOf, longestOutageMs, sourcesOf } from './timeline.ts';

/** How continuous traffic runs. */
export interface TrafficOptions {
  /** `http://host:port`; default: the external server, at the sender's own port. */
  readonly url?: string;
  /** From the start of one request to the start of the next. Default 100. */
  readonly everyMs?: number;
  /** A request that takes longer has failed. Default 1000. */
  readonly timeoutMs?: number;
}

/**
 * One request after the other, each on a new connection, from one network namespace until it is
 * stopped. One curl sends all of them: under emulation, the start of a process costs more than the
 * request.
 */
export class Traffic {
  readonly #entries: TimelineEntry[] = [];
  readonly #sender: string;
  #process: GuestProcess | undefined;

  private constructor(sender: string) {
    this.#sender = sender;
  }

  /**
   * Starts the traffic of `sender` (a name for messages) in `netns`, and returns when the first
   * request ended.
   */
  static async start(
    guest: Guest,
    sender: string,
    netns: string,
    url: string,
    options: TrafficOptions = {},
  ): Promise<Traffic> {
    const { everyMs = 100, timeoutMs = 1000 } = options;
    const traffic = new Traffic(sender);
    const seconds = String(timeoutMs / 1000);
    traffic.#process = await guest.spawn(
      [
        'bash',
        '-c',
        STAMPED,
        'traffic',
        '-s',
        '-o',
        '/dev/null',
        '-w',
        CURL_REPORT,
        '--rate',
        `${String(Math.round(3_600_000 / everyMs))}/h`,
      ].concat(['--connect-timeout', seconds, '--max-time', seconds, `${url}/[1-1000000000]`]),
      {
        netns,
        env: { LC_ALL: 'C' },
        onLine: (line) => {
          const entry = entryFromLine(line);
          if (entry !== undefined) {
            traffic.#entries.push(entry);
          }
        },
      },
    );
    await traffic.until(() => true, 'the first request to end');
    return traffic;
  }

  /** The requests that have ended, oldest first. */
  get timeline(): readonly TimelineEntry[] {
    return this.#entries;
  }

  /** The sources the server saw, in order, without repetitions next to each other. */
  get sources(): readonly string[] {
    return sourcesOf(this.#entries);
  }

  /** The requests without an answer. */
  get failures(): readonly TimelineEntry[] {
    return failuresOf(this.#entries);
  }

  /** The longest time between two answers. */
  get longestOutageMs(): number {
    return longestOutageMs(this.#entries);
  }

  /**
   * Waits for a request that ends after the call and that the predicate accepts. Throws after
   * `timeoutMs` (default 60 000).
   */
  async until(
    accept: (entry: TimelineEntry) => boolean,
    what: string,
    timeoutMs = 60_000,
  ): Promise<TimelineEntry> {
    const start = this.#entries.length;
    return waitFor(
      `${what} (traffic of ${this.#sender})`,
      () => this.#entries.slice(start).find(accept),
      {
        timeoutMs,
        actual: () => JSON.stringify(this.#entries.at(-1)?.outcome ?? 'no request ended'),
      },
    );
  }

  /** Waits until the server sees `source`. */
  async untilSource(source: string, timeoutMs?: number): Promise<TimelineEntry> {
    return this.until(
      ({ outcome }) => 'source' in outcome && outcome.source === source,
      `the server to see ${source}`,
      timeoutMs,
    );
  }

  /** Waits until `count` more requests have ended. */
  async more(count: number): Promise<readonly TimelineEntry[]> {
    const start = this.#entries.length;
    return waitFor(
      `${String(count)} more requests of ${this.#sender} to end`,
      () => this.#entries.length >= start + count && this.#entries.slice(start),
      { timeoutMs: 60_000 + count * 1000 },
    );
  }

  /** Ends the traffic; the timeline stays. */
  async stop(): Promise<void> {
    await this.#process?.kill();
  }
}

/** bash: runs curl with the arguments, and puts the time in front of its stderr lines. */
const STAMPED =
  'curl "$@" 2>&1 >/dev/null | while IFS= read -r line; do echo "$EPOCHREALTIME $line"; done';
