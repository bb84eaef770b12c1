import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { ConsoleLog } from './console-log.ts';
import { createConsoleLog } from './console-log.ts';
import { LabSetupError } from './lab-setup-error.ts';
import { qemuProgram } from './qemu-argv.ts';

/** QEMU's descriptors of what {@link startQemu} hands it. */
export const qemuFd = { firstFileSystem: 3, port: 4 } as const;

/** A running QEMU. */
export interface QemuProcess {
  /** The host's end of the guest's port. */
  readonly port: Duplex;
  readonly console: ConsoleLog;
  /** What QEMU itself complained about. */
  readonly messages: ConsoleLog;
  /** Resolves when QEMU is gone, with how it ended. */
  readonly ended: Promise<string>;
  /** Ends QEMU at once; the guest has nothing to save. Resolves when it is gone. */
  kill(): Promise<void>;
}

/**
 * Starts QEMU as a process that the kernel kills with this one, however this one ends, and that a
 * Ctrl-C in the terminal does not reach. The port is a socket pair: no file is left behind.
 * @param firstFileSystemFd an open file, read by QEMU as /dev/fd/3
 */
export async function startQemu(
  argv: readonly string[],
  firstFileSystemFd: number,
): Promise<QemuProcess> {
  // setpriv(1) is part of util-linux, which every Debian has.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', qemuProgram, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe', firstFileSystemFd, 'pipe'],
    detached: true,
  });
  await started(child);
  const console = logOf(child, 'stdout');
  const messages = logOf(child, 'stderr');
  const ended = once(child, 'close').then(([exitCode, signal]: (number | string | null)[]) =>
    signal === null ? `exit status ${String(exitCode)}` : `signal ${String(signal)}`,
  );
  const port = child.stdio[qemuFd.port] as Duplex;
  // Errors of the socket come with QEMU's end, which is reported by `ended`.
  port.on('error', () => undefined);
  return {
    port,
    console,
    messages,
    ended,
    async kill() {
      child.kill('SIGKILL');
      port.destroy();
      await ended;
    },
  };
}

function started(child: ChildProcess): Promise<unknown> {
  return once(child, 'spawn').catch((cause: unknown) => {
    throw new LabSetupError('setpriv could not be started (Debian package: util-linux)', cause);
  });
}

function logOf(child: ChildProcess, name: 'stdout' | 'stderr'): ConsoleLog {
  const log = createConsoleLog();
  child[name]?.setEncoding('utf8').on('data', (text: string) => {
    log.append(text);
  });
  return log;
}
