import type { Readable, Writable } from 'node:stream';
import type { TerminalSize } from '../../service/protocol.ts';
import type { ShellOptions } from './guest.ts';
import type { Exchange, GuestConnection } from './guest-connection.ts';
import { startProcess } from './process-exchange.ts';

/** The streams of the process that a shell is connected to. The optional parts need a terminal. */
export interface ShellStreams {
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  readonly stdout: Writable & {
    readonly isTTY?: boolean;
    readonly columns?: number;
    readonly rows?: number;
  };
  readonly stderr: Writable;
}

/** Shells report a death by a signal as 128 plus its number; the guest reports only its name. */
const endedBySignal = 128;

/** Connects the streams to a bash in the guest until it ends; see {@link Guest.attachShell}. */
export function attachShell(
  connection: GuestConnection,
  streams: ShellStreams,
  { env, cwd = '/root', rcFile }: ShellOptions = {},
): Promise<number> {
  const interactive = streams.stdin.isTTY === true && streams.stdout.isTTY === true;
  const rcArguments = rcFile === undefined ? [] : ['--rcfile', rcFile];
  const request = {
    argv: ['bash', ...(interactive ? [...rcArguments, '-i'] : [])],
    cwd,
    env: { TERM: process.env.TERM ?? 'linux', ...env },
    terminal: interactive ? sizeOf(streams) : undefined,
  };
  return new Promise((resolve, reject) => {
    let detach: () => void = () => undefined;
    const exchange = startProcess(connection, request, {
      onLost: (error) => {
        detach();
        reject(error);
      },
      onFailed: (message) => {
        detach();
        reject(new Error(`no shell could be started in the guest: ${message}`));
      },
      onOutput: (stream, data) => streams[stream].write(data),
      onEnded: ({ exitCode }) => {
        detach();
        resolve(exitCode ?? endedBySignal);
      },
    });
    detach = forwardInput(exchange, streams, interactive);
  });
}

function sizeOf({ stdout }: ShellStreams): TerminalSize {
  return { columns: stdout.columns ?? 80, rows: stdout.rows ?? 24 };
}

/** Sends input and window sizes to the guest, from a terminal in raw mode. Returns the undoing. */
function forwardInput(exchange: Exchange, streams: ShellStreams, interactive: boolean): () => void {
  const { stdin, stdout } = streams;
  const onData = (data: Buffer): void => {
    if (exchange.send({ kind: 'stdin', data: data.toString('base64') })) {
      return;
    }
    stdin.pause();
    void exchange.drained().then(() => stdin.resume());
  };
  const onEnd = (): void => {
    exchange.send({ kind: 'stdin-end' });
  };
  const onResize = (): void => {
    exchange.send({ kind: 'resize', size: sizeOf(streams) });
  };
  if (interactive) {
    stdin.setRawMode?.(true);
  }
  stdin.on('data', onData).once('end', onEnd);
  stdout.on('resize', onResize);
  return () => {
    stdin.off('data', onData).off('end', onEnd).pause();
    stdout.off('resize', onResize);
    if (interactive) {
      stdin.setRawMode?.(false);
    }
  };
}
