import type { Guest } from './guest/guest.ts';
import { connectGuest } from './guest/guest-connection.ts';
import { remoteGuest } from './guest/remote-guest.ts';
import type { GuestRoot } from './image/guest-root.ts';
import { bootFileSystem } from './machine/boot-files.ts';
import type { Share } from './machine/first-process.ts';
import type { Accelerator } from './machine/qemu-argv.ts';
import { guestArgv } from './machine/qemu-argv.ts';
import type { QemuProcess } from './machine/qemu-process.ts';
import { qemuFd, startQemu } from './machine/qemu-process.ts';

/** The guest did not boot, or ended by itself; the message contains the tail of its console. */
class BootError extends Error {
  override readonly name = 'BootError';
  readonly code = 'GUEST_FAILED';

  /**
   * @param console the tail of the guest's console
   * @param messages QEMU's own output
   */
  constructor(problem: string, console: string, messages: string) {
    const section = (title: string, text: string): string =>
      text === '' ? '' : `\n--- ${title} ---\n${text}`;
    super(`${problem}${section('QEMU', messages)}${section("the guest's console", console)}`);
  }
}

/** Everything that a boot needs. */
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
 * Starts QEMU and resolves when the guest answers. Rejects with `BootError` when QEMU ends early,
 * the set-up of the guest fails, or the deadline passes; QEMU has ended then.
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

/** The first of three: the guest reports its set-up, QEMU ends, the deadline passes. */
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
