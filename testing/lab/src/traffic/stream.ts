import { waitFor } from '@sallyport/kit';
import type { Guest, GuestProcess } from '../vm/guest/guest.ts';
import { deferred } from './deferred.ts';
import { longestGapMs } from './timeline.ts';

/** Options of a long-lived connection. */
export interface StreamOptions {
  /**
   * Where one of the lab's servers listens; default: the external server, at the sender's own port.
   */
  readonly server?: { readonly ip: string; readonly port: number };
  /**
   * `push`: only the server sends. `echo`: the Pod sends and the server answers. Default `echo`.
   */
  readonly mode?: 'push' | 'echo';
  /** Between two lines. Default 50. */
  readonly everyMs?: number;
}

/** A long-lived TCP connection to a server of the lab, with the time of every received line. */
export class Stream {
  readonly #timesMs: number[] = [];
  readonly #opened = deferred<string>();
  #process: GuestProcess | undefined;
  #isClosed = false;

  /**
   * Opens the connection from `netns`, and returns when the server has answered. Throws after 5 s
   * without an answer.
   */
  static async open(
    guest: Guest,
    netns: string,
    server: { readonly ip: string; readonly port: number },
    options: StreamOptions = {},
  ): Promise<Stream> {
    const { mode = 'echo', everyMs = 50 } = options;
    const stream = new Stream();
    const script = mode === 'echo' ? ECHO : PUSH;
    const where = `${server.ip}:${String(server.port)}`;
    stream.#process = await guest.spawn(
      [
        'bash',
        '-c',
        script,
        'stream',
        server.ip,
        String(server.port),
        mode === 'echo' ? String(everyMs / 1000) : String(everyMs),
      ],
      {
        netns,
        env: { LC_ALL: 'C' },
        onLine: (line, output) => {
          stream.#onLine(line, output, where);
        },
      },
    );
    const timer = setTimeout(() => {
      stream.#opened.reject(new Error(`no connection to ${where} from ${netns} within 5 s`));
    }, 5000);
    void stream.#process.exited.then(
      () => {
        stream.#isClosed = true;
      },
      () => {
        stream.#isClosed = true;
      },
    );
    try {
      await stream.#opened.promise;
    } catch (error) {
      await stream.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    return stream;
  }

  /** The source address of the connection, as the server saw it. */
  source(): Promise<string> {
    return this.#opened.promise;
  }

  /** When lines arrived, by the guest's clock: milliseconds since the epoch. */
  get timesMs(): readonly number[] {
    return this.#timesMs;
  }

  /** The longest silence between two lines. */
  get longestGapMs(): number {
    return longestGapMs(this.#timesMs);
  }

  /** Whether the connection has ended (reset, closed by the server, or by `close`). */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Waits until the connection has ended; throws after `timeoutMs` (default 60 000). */
  async untilClosed(timeoutMs = 60_000): Promise<void> {
    await waitFor('the connection to end', () => this.#isClosed, { timeoutMs });
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    await this.#process?.kill();
  }

  #onLine(line: string, output: 'stdout' | 'stderr', where: string): void {
    if (output === 'stderr') {
      this.#opened.reject(new Error(`connection to ${where}: ${line}`));
      return;
    }
    const [time, word, source] = line.split(' ');
    if (word === 'source' && source !== undefined) {
      this.#opened.resolve(source);
    } else {
      this.#timesMs.push(Number(time) * 1000);
    }
  }
}

/** bash: address, port, interval in milliseconds. */
const PUSH =
  'exec 3<>"/dev/tcp/$1/$2"; echo "PUSH $3" >&3; while IFS= read -r line <&3; do echo "$EPOCHREALTIME $line"; done';

/**
 * bash: address, port, interval in seconds. The read from an empty pipe is a pause without a
 * process.
 */
const ECHO =
  'exec 3<>"/dev/tcp/$1/$2" 4<> <(:); echo ECHO >&3; IFS= read -r line <&3; echo "$EPOCHREALTIME $line"; ' +
  'while echo x >&3 && IFS= read -r line <&3; do echo "$EPOCHREALTIME $line"; read -r -t "$3" <&4 || :; done';
