import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Clock } from '@sallyport/reconcile';
import { createTimer } from '@sallyport/reconcile';

/** Call-backs of a kept program, and the time to its restart. */
export interface KeepRunningOptions {
  /** One line of its standard output or standard error, without the line break. */
  readonly onLine: (line: string) => void;
  /** The program has ended, or could not be started. It is started again after `restartMs`. */
  readonly onEnd: () => void;
  readonly clock: Clock;
  /** From an end to the next start, in milliseconds. */
  readonly restartMs: number;
}

/** A program that runs until it is closed. */
export interface KeptProgram {
  /** Ends the program; no call-back follows. Resolves when it has gone. */
  close(): Promise<void>;
}

/** Starts a program without a shell, and again whenever it ends. */
export function keepRunning(
  [file = '', ...args]: readonly string[],
  { onLine, onEnd, clock, restartMs }: KeepRunningOptions,
): KeptProgram {
  const restart = createTimer(clock);
  let closed = false;
  let stop = (): Promise<void> => Promise.resolve();

  function start(): void {
    const child = spawn(file, args, {
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<void>((resolve) => {
      child.once('error', () => {
        resolve();
      });
      child.once('close', () => {
        resolve();
      });
    });
    for (const output of [child.stdout, child.stderr]) {
      createInterface(output).on('line', (line) => {
        if (!closed) {
          onLine(line);
        }
      });
    }
    stop = () => {
      child.kill('SIGKILL');
      return ended;
    };
    void ended.then(() => {
      if (!closed) {
        onEnd();
        restart.set(restartMs, start);
      }
    });
  }

  start();
  return {
    close() {
      closed = true;
      restart.cancel();
      return stop();
    },
  };
}
