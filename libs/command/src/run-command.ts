import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { CommandError } from './command-error.ts';

/** The output of a command, as UTF-8. */
interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** Limits and input of one call. */
export interface RunCommandOptions {
  /** The whole standard input; default empty. */
  readonly stdin?: string;
  /** The command is killed after this time, in milliseconds; default 10 000. */
  readonly timeoutMs?: number;
}

/** Runs one command to its end. Rejects with {@link CommandError} unless it exits with 0. */
export type RunCommand = (
  argv: readonly string[],
  options?: RunCommandOptions,
) => Promise<CommandOutput>;

/**
 * Runs the command as a child process without a shell. The locale is C, so that the output can be
 * parsed.
 */
export const runCommand: RunCommand = async (argv, { stdin = '', timeoutMs = 10_000 } = {}) => {
  const [file = '', ...args] = argv;
  const child = spawn(file, args, {
    env: { ...process.env, LC_ALL: 'C' },
    stdio: 'pipe',
    // A process group of its own, so that its children can be killed with it.
    detached: true,
  });
  const limit = setTimeout(() => {
    killGroup(child.pid);
  }, timeoutMs);
  const ended = new Promise<{ exitStatus: number | null; signal: string | null }>(
    (resolve, reject) => {
      child.once('error', (error) => {
        clearTimeout(limit);
        reject(new CommandError(argv, 'could not be started', null, error.message, error));
      });
      child.once('close', (exitStatus, signal) => {
        clearTimeout(limit);
        resolve({ exitStatus, signal });
      });
    },
  );
  // A command may end without reading its input; its exit status tells whether it failed.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const [{ exitStatus, signal }, stdout, stderr] = await Promise.all([
    ended,
    text(child.stdout),
    text(child.stderr),
  ]);
  if (exitStatus === 0) {
    return { stdout, stderr };
  }
  const reason =
    exitStatus !== null
      ? `exit status ${exitStatus}`
      : signal === 'SIGKILL'
        ? `killed, or no exit within ${timeoutMs} ms`
        : `ended by ${String(signal)}`;
  throw new CommandError(argv, reason, exitStatus, stderr);
};

/** Kills a process and its children. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) {
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The process has just ended by itself.
  }
}
