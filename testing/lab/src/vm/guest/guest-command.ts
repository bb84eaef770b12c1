import { CommandError } from '@sallyport/command';
import type { CommandOptions, CommandOutput } from './guest.ts';
import type { GuestConnection } from './guest-connection.ts';
import type { ProcessEnded } from './process-exchange.ts';
import { startProcess } from './process-exchange.ts';

/** Default deadline of a command, in milliseconds. */
const defaultTimeoutMs = 30_000;

/** How much later than the guest the host gives up on a command: the guest itself hangs then. */
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
    const fail = (reason: string, exitStatus: number | null = null, cause?: unknown): void => {
      clearTimeout(backstop);
      reject(new CommandError(argv, `${reason}${where}`, exitStatus, textOf('stderr'), cause));
    };
    const backstop = setTimeout(() => {
      exchange.close();
      fail(`no answer from the guest within ${timeoutMs + guestGraceMs} ms`);
    }, timeoutMs + guestGraceMs);

    const request = { argv, netns, env, timeoutMs, stdin: Buffer.from(stdin).toString('base64') };
    const exchange = startProcess(connection, request, {
      onLost: (error) => {
        fail('the guest is gone', null, error);
      },
      onFailed: (message) => {
        fail(`could not be started: ${message}`);
      },
      onOutput: (stream, data) => output[stream].push(data),
      onEnded(end) {
        if (end.exitCode !== 0) {
          fail(failureOf(end, timeoutMs), end.exitCode);
          return;
        }
        clearTimeout(backstop);
        resolve({ stdout: textOf('stdout'), stderr: textOf('stderr') });
      },
    });
  });
}

function failureOf({ timedOut, exitCode, signal }: ProcessEnded, timeoutMs: number): string {
  if (timedOut) {
    return `no exit within ${timeoutMs} ms`;
  }
  return exitCode === null ? `ended by ${signal ?? 'a signal'}` : `exit status ${exitCode}`;
}
