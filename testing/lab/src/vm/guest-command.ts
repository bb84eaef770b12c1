import { CommandError } from '@sallyport/command';
import type { CommandOptions, CommandOutput } from './guest.ts';
import type { GuestConnection } from './guest-connection.ts';

/** Default bound on a command, in milliseconds. */
export const defaultTimeoutMs = 30_000;

/** How much later than the guest the host gives a command up: the guest itself hangs then. */
const guestGraceMs = 15_000;

/** Runs a command in the guest to its end; see {@link Guest.run}. */
export function runInGuest(
  connection: GuestConnection,
  argv: readonly string[],
  { netns, stdin = '', env, timeoutMs = defaultTimeoutMs }: CommandOptions = {},
): Promise<CommandOutput> {
  return new Promise((resolve, reject) => {
    const output: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
    const textOf = (stream: 'stdout' | 'stderr'): string =>
      Buffer.concat(output[stream]).toString('utf8');
    const where = netns === undefined ? '' : ` in network namespace ${netns}`;
    const fail = (reason: string, exitStatus: number | null, cause?: unknown): void => {
      reject(new CommandError(argv, `${reason}${where}`, exitStatus, textOf('stderr'), cause));
    };
    const finish = (): void => {
      clearTimeout(backstop);
      exchange.close();
    };
    const backstop = setTimeout(() => {
      exchange.close();
      fail(`no answer from the guest within ${timeoutMs + guestGraceMs} ms`, null);
    }, timeoutMs + guestGraceMs);

    const exchange = connection.open(
      {
        ...{ type: 'start', argv, timeoutMs, stdin: Buffer.from(stdin, 'utf8').toString('base64') },
        ...(netns === undefined ? {} : { netns }),
        ...(env === undefined ? {} : { env }),
      },
      {
        onLost: (error) => {
          clearTimeout(backstop);
          fail('the guest is gone', null, error);
        },
        onReply(reply) {
          switch (reply.type) {
            case 'stdout':
            case 'stderr':
              output[reply.type].push(Buffer.from(reply.data, 'base64'));
              return;
            case 'failed':
              finish();
              fail(`could not be started: ${reply.message}`, null);
              return;
            case 'ended':
              finish();
              if (reply.exitCode === 0) {
                resolve({ stdout: textOf('stdout'), stderr: textOf('stderr') });
              } else if (reply.timedOut) {
                fail(`no exit within ${timeoutMs} ms`, null);
              } else if (reply.exitCode !== null) {
                fail(`exit status ${reply.exitCode}`, reply.exitCode);
              } else {
                fail(`ended by ${reply.signal ?? 'a signal'}`, null);
              }
              return;
            case 'started':
            case 'file':
            case 'ready':
              return;
          }
        },
      },
    );
  });
}
