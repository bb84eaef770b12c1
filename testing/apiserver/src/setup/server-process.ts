import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';

/** A server that runs as a child process and writes its output into a file. */
export interface ServerProcess {
  /** Rejects when the process ends or cannot start, with the end of its output; never resolves. */
  readonly ended: Promise<never>;
  /** Resolves when the process is gone. */
  readonly stop: () => Promise<void>;
}

const STOP_DEADLINE_MS = 10_000;
const SHOWN_OUTPUT = 4000;

/** Starts a program. Output is appended to `outputFile`. */
export function startServerProcess(
  binary: string,
  args: readonly string[],
  outputFile: string,
): ServerProcess {
  const output = createWriteStream(outputFile, { flags: 'a' });
  const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  // `close` comes after all output, and after `error` where the program cannot be started.
  const closed = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      resolve(error.message);
    });
    child.once('close', (code, signal) => {
      resolve(signal ?? `exit status ${String(code)}`);
    });
  });
  const ended = closed.then(async (how): Promise<never> => {
    await new Promise<void>((resolve) => {
      output.end(resolve);
    });
    throw new Error(`${basename(binary)} ended (${how}); ${await endOfOutput(outputFile)}`);
  });
  // Code that waits for the server sees this; after that its end is expected.
  ended.catch(() => undefined);
  return {
    ended,
    stop: async () => {
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
      await closed;
      clearTimeout(killer);
    },
  };
}

/** The end of a server's output, as error messages quote it. */
export async function endOfOutput(file: string): Promise<string> {
  const output = await readFile(file, 'utf8').catch(() => '(no output)');
  return `the end of its output:\n${output.slice(-SHOWN_OUTPUT)}`;
}
