import { BootError } from './boot-error.ts';
import { bootFileSystem } from './boot-files.ts';
import type { Guest, Share } from './guest.ts';
import { connectGuest } from './guest-connection.ts';
import type { GuestRoot } from './guest-root.ts';
import type { Accelerator } from './qemu-argv.ts';
import { guestArgv } from './qemu-argv.ts';
import type { QemuProcess } from './qemu-process.ts';
import { qemuFd, startQemu } from './qemu-process.ts';
import { remoteGuest } from './remote-guest.ts';

/** Everything a boot needs, decided. */
export interface StartOptions {
  readonly root: GuestRoot;
  readonly accelerator: Accelerator;
  /** The guest's service, bundled. */
  readonly service: Uint8Array;
  readonly shares: readonly Share[];
  readonly memoryMiB: number;
  readonly cpus: number;
  /** From the start of QEMU until the guest answers. */
  readonly bootTimeoutMs: number;
}

/**
 * Starts QEMU and resolves when the guest answers. Rejects with `BootError`, which holds the tail
 * of the guest's console, when QEMU ends early, the guest can't be set up, or the deadline is
 * missed; QEMU is gone then.
 */
export async function startGuest(options: StartOptions): Promise<Guest> {
  const { root, service, shares, bootTimeoutMs } = options;
  const firstFileSystem = await bootFileSystem(root.firstFileSystem, service, shares);
  const argv = guestArgv({
    ...options,
    kernel: root.kernel,
    image: root.image,
    firstFileSystem: `/dev/fd/${qemuFd.firstFileSystem}`,
    portFd: qemuFd.port,
  });
  const qemu = await startQemu(argv, firstFileSystem.fd).finally(() => {
    firstFileSystem.close();
  });

  const failure = (problem: string): BootError =>
    new BootError(problem, qemu.console.tail(), qemu.messages.tail());
  const connection = connectGuest(qemu.port);
  void qemu.ended.then((how) => {
    connection.lose(failure(`the guest ended by itself (QEMU: ${how})`));
  });
  try {
    await answered(connection.ready, qemu, bootTimeoutMs, failure);
  } catch (error) {
    await qemu.kill();
    throw error;
  }
  return remoteGuest(connection, qemu);
}

/** The first of: the guest says that it is ready or why not, QEMU ends, the deadline passes. */
function answered(
  ready: Promise<void>,
  qemu: QemuProcess,
  timeoutMs: number,
  failure: (problem: string) => BootError,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => {
      reject(failure(`the guest did not answer within ${timeoutMs} ms`));
    }, timeoutMs);
    void qemu.ended.then((how) => {
      clearTimeout(deadline);
      reject(failure(`the guest ended while it booted (QEMU: ${how})`));
    });
    ready.then(
      () => {
        clearTimeout(deadline);
        resolve();
      },
      (error: unknown) => {
        clearTimeout(deadline);
        reject(failure(error instanceof Error ? error.message : String(error)));
      },
    );
  });
}
