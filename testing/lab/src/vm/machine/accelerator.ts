import { constants } from 'node:fs';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand } from '@sallyport/command';
import { probeAnswer } from '../image/first-init.ts';
import type { GuestRoot } from '../image/guest-root.ts';
import { labCacheFolder } from '../image/lab-cache.ts';
import type { Accelerator } from './qemu-argv.ts';
import { machineArgv, qemuProgram } from './qemu-argv.ts';

/** With a KVM that works, the first init runs after about a second. */
const probeTimeoutMs = 8_000;

/**
 * Chooses KVM where it really works. An open /dev/kvm proves little: in nested virtualisation QEMU
 * may abort, or the guest may hang before its first line. So once per boot of the host a guest is
 * booted to its first init, and the result is stored.
 */
export async function chooseAccelerator(root: GuestRoot): Promise<Accelerator> {
  const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  const verdictFile = join(labCacheFolder(), 'accelerator', bootId);
  const known = await readFile(verdictFile, 'utf8').catch(() => '');
  if (known === 'kvm' || known === 'tcg') {
    return known;
  }
  const verdict = (await kvmIsOpen()) && (await bootsWithKvm(root)) ? 'kvm' : 'tcg';
  await mkdir(dirname(verdictFile), { recursive: true });
  await writeFile(verdictFile, verdict);
  return verdict;
}

function kvmIsOpen(): Promise<boolean> {
  return access('/dev/kvm', constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}

function bootsWithKvm({ kernel, firstFileSystem }: GuestRoot): Promise<boolean> {
  const argv = machineArgv({
    ...{ accelerator: 'kvm', memoryMiB: 256, cpus: 2, kernel, firstFileSystem },
    kernelArguments: ['sallyport.probe'],
  });
  return runCommand(['setpriv', '--pdeathsig', 'KILL', qemuProgram, ...argv], {
    timeoutMs: probeTimeoutMs,
  }).then(
    ({ stdout }) => stdout.includes(probeAnswer),
    () => false,
  );
}
