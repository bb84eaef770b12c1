import type { Readable, Writable } from 'node:stream';
import type { TerminalSize } from '../guest/protocol.ts';
import type { ShellOptions } from './guest.ts';
import type { Exchange, GuestConnection } from './guest-connection.ts';

/**
 * The streams a shell is connected to: a process's own. What the types leave open is there on a
 * terminal only.
 */
export interface ShellStreams {
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  readonly stdout: Writable & {
    readonly isTTY?: boolean;
    readonly columns?: number;
    readonly rows?: number;
  };
  readonly stderr: Writable;
}

/** Shells report a death by a signal as 128 plus its number; we know its name only. */
const endedBySignal = 128;

/** Connects the streams to a bash in the guest until it ends; see {@link Guest.attachShell}. */
export function attachShell(
  connection: GuestConnection,
  { stdin, stdout, stderr }: ShellStreams,
  { env, cwd = '/root', rcFile }: ShellOptions = {},
): Promise<number> {
  const interactive = stdin.isTTY === true && stdout.isTTY === true;
  const size = (): TerminalSize => ({ columns: stdout.columns ?? 80, rows: stdout.rows ?? 24 });
  const argv = [
    'bash',
    ...(interactive ? [...(rcFile === undefined ? [] : ['--rcfile', rcFile]), '-i'] : []),
  ];

  return new Promise((resolve, reject) => {
    const forward = (data: Buffer): void => {
      if (exchange.send({ type: 'stdin', data: data.toString('base64') })) {
        return;
      }
      stdin.pause();
      void exchange.drained().then(() => stdin.resume());
    };
    const onEnd = (): void => {
      exchange.send({ type: 'stdinEnd' });
    };
    const onResize = (): void => {
      exchange.send({ type: 'resize', size: size() });
    };
    const detach = (): void => {
      stdin.off('data', forward).off('end', onEnd).pause();
      stdout.off('resize', onResize);
      if (interactive) {
        stdin.setRawMode?.(false);
      }
    };

    const exchange: Exchange = connection.open(
      {
        ...{ type: 'start', argv, cwd, env: { TERM: process.env.TERM ?? 'linux', ...env } },
        ...(interactive ? { terminal: size() } : {}),
      },
      {
        onLost: (error) => {
          detach();
          reject(error);
        },
        onReply(reply) {
          switch (reply.type) {
            case 'stdout':
              stdout.write(Buffer.from(reply.data, 'base64'));
              return;
            case 'stderr':
              stderr.write(Buffer.from(reply.data, 'base64'));
              return;
            case 'ended':
              exchange.close();
              detach();
              resolve(reply.exitCode ?? endedBySignal);
              return;
            case 'failed':
              exchange.close();
              detach();
              reject(new Error(`no shell could be started in the guest: ${reply.message}`));
              return;
            case 'started':
            case 'file':
            case 'ready':
              return;
          }
        },
      },
    );
    if (interactive) {
      stdin.setRawMode?.(true);
    }
    stdin.on('data', forward).once('end', onEnd);
    stdout.on('resize', onResize);
  });
}
