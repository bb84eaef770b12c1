import { CommandError } from '@sallyport/command';
import type { GuestProcess, ProcessEnd, SpawnOptions } from './guest.ts';
import type { Exchange, GuestConnection } from './guest-connection.ts';
import { createLineSplitter } from './line-splitter.ts';
import { startProcess } from './process-exchange.ts';

/** A process that ignores the first signal gets SIGKILL after this. */
const killGraceMs = 5_000;

/** Starts a long-running process in the guest; see {@link Guest.spawn}. */
export function spawnInGuest(
  connection: GuestConnection,
  argv: readonly string[],
  { netns, env, onLine }: SpawnOptions = {},
): Promise<GuestProcess> {
  return new Promise((resolve, reject) => {
    const lines = {
      stdout: createLineSplitter((line) => onLine?.(line, 'stdout')),
      stderr: createLineSplitter((line) => onLine?.(line, 'stderr')),
    };
    let end: (end: ProcessEnd) => void = () => undefined;
    let lose: (error: Error) => void = reject;
    const exited = new Promise<ProcessEnd>((resolveEnd, rejectEnd) => {
      end = resolveEnd;
      lose = rejectEnd;
    });
    // A caller that does not wait for the end need not handle the loss of the guest.
    exited.catch(() => undefined);

    const request = { argv, netns, env, stdin: '' };
    const exchange = startProcess(connection, request, {
      onLost: (error) => {
        reject(error);
        lose(error);
      },
      onFailed: (message) => {
        reject(new CommandError(argv, 'could not be started', null, message));
      },
      onStarted: (pid) => {
        resolve({ pid, exited, kill: (signal = 'SIGTERM') => kill(exchange, exited, signal) });
      },
      onOutput: (stream, data) => {
        lines[stream].write(data);
      },
      onEnded: ({ exitCode, signal }) => {
        lines.stdout.end();
        lines.stderr.end();
        end({ exitCode, signal });
      },
    });
  });
}

async function kill(
  exchange: Exchange,
  exited: Promise<ProcessEnd>,
  signal: NodeJS.Signals,
): Promise<void> {
  exchange.send({ kind: 'signal', signal });
  const escalation = setTimeout(
    () => exchange.send({ kind: 'signal', signal: 'SIGKILL' }),
    killGraceMs,
  );
  try {
    await exited;
  } finally {
    clearTimeout(escalation);
  }
}
