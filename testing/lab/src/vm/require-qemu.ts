import { runCommand } from '@sallyport/command';
import { LabSetupError } from './lab-setup-error.ts';
import { qemuProgram } from './qemu-argv.ts';

/** Rejects, naming the remedy, when QEMU can't be started on this host. */
export async function requireQemu(): Promise<void> {
  try {
    await runCommand([qemuProgram, '--version']);
  } catch (cause) {
    throw new LabSetupError(
      `${qemuProgram} is needed: as root, apt-get install --no-install-recommends qemu-system-x86`,
      cause,
    );
  }
}
