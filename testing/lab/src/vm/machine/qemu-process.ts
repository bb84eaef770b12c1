import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { runCommand } from '@sallyport/command';
import { SetupError } from '@sallyport/images';
import type { ConsoleLog } from './console-log.ts';
import { createConsoleLog } from './console-log.ts';
import { qemuProgram } from './qemu-argv.ts';

/** Rejects with the remedy when QEMU cannot be started on this host. */
export async function requireQemu(): Promise<void> {
  try {
    await runCommand([qemuProgram, '--version']);
  } catch (cause) {
    throw new SetupError(
      `${qemuProgram} is needed: as root, apt-get install --no-install-recommends qemu-system-x86`,
      cause,
    );
  }
}

/** QEMU's descriptors of the files that {@link startQemu} gives it. */
export const qemuFd = { firstFileSystem: 3, port: 4 } as const;

/** A running QEMU. */
export interface QemuProcess {
  /** The host's end of the guest's port. */
  readonly port: Duplex;
  readonly console: ConsoleLog;
  /** QEMU's own error output. */
  readonly messages: ConsoleLog;
  /** Resolves when QEMU has ended, with its exit status or signal in words. */
  readonly ended: Promise<string>;
  /** Ends QEMU at once; the guest has nothing to save. Resolves when it has ended. */
  kill(): Promise<void>;
}

/**
 * Starts QEMU. The kernel kills it when this process ends in any way; a Ctrl-C in the terminal does
 * not reach it. The port is a socket pair: no file is left behind.
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
  // The socket fails when QEMU ends, and `ended` reports that.
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
    throw new SetupError('setpriv could not be started (Debian package: util-linux)', cause);
  });
}

function logOf(child: ChildProcess, name: 'stdout' | 'stderr'): ConsoleLog {
  const log = createConsoleLog();
  child[name]?.setEncoding('utf8').on('data', (text: string) => {
    log.append(text);
  });
  return log;
}
