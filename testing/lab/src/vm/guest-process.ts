import { CommandError } from '@sallyport/command';
import type { GuestProcess, ProcessEnd, SpawnOptions } from './guest.ts';
import type { Exchange, GuestConnection } from './guest-connection.ts';
import { createLineSplitter } from './line-splitter.ts';

/** What ignores the first signal gets SIGKILL after this. */
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
    // Whoever does not care how the process ends need not hear that the guest went away.
    exited.catch(() => undefined);

    const exchange = connection.open(
      {
        type: 'start',
        argv,
        stdin: '',
        ...(netns === undefined ? {} : { netns }),
        ...(env === undefined ? {} : { env }),
      },
      {
        onLost: (error) => {
          reject(error);
          lose(error);
        },
        onReply(reply) {
          switch (reply.type) {
            case 'started':
              resolve({
                pid: reply.pid,
                exited,
                kill: (signal = 'SIGTERM') => kill(exchange, exited, signal),
              });
              return;
            case 'stdout':
            case 'stderr':
              lines[reply.type].write(Buffer.from(reply.data, 'base64'));
              return;
            case 'ended':
              lines.stdout.end();
              lines.stderr.end();
              exchange.close();
              end({ exitCode: reply.exitCode, signal: reply.signal });
              return;
            case 'failed':
              exchange.close();
              reject(new CommandError(argv, 'could not be started', null, reply.message));
              return;
            case 'file':
            case 'ready':
              return;
          }
        },
      },
    );
  });
}

async function kill(
  exchange: Exchange,
  exited: Promise<ProcessEnd>,
  signal: NodeJS.Signals,
): Promise<void> {
  exchange.send({ type: 'signal', signal });
  const escalation = setTimeout(
    () => exchange.send({ type: 'signal', signal: 'SIGKILL' }),
    killGraceMs,
  );
  try {
    await exited;
  } finally {
    clearTimeout(escalation);
  }
}
