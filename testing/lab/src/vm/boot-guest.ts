import { availableParallelism } from 'node:os';
import { chooseAccelerator } from './accelerator.ts';
import type { BootOptions, Guest } from './guest.ts';
import { guestRoot } from './guest-root.ts';
import { requireQemu } from './require-qemu.ts';
import { serviceBundle } from './service-bundle.ts';
import { startGuest } from './start-guest.ts';

/**
 * Boots a throwaway virtual machine and resolves when it answers. Sets up the guest's root in the
 * user's cache folder first, when it is not there yet. Rejects with `BootError`, which holds the
 * tail of the guest's console, when the guest does not come up in time, and with `LabSetupError`
 * when the host lacks something; nothing is left running then.
 */
export async function bootGuest(options: BootOptions = {}): Promise<Guest> {
  const {
    shares = [],
    memoryMiB = 3072,
    cpus = defaultCpus(),
    bootTimeoutMs = 90_000,
    onProgress = () => undefined,
  } = options;
  await requireQemu();
  const [root, service] = await Promise.all([guestRoot(onProgress), serviceBundle()]);
  const accelerator = await chooseAccelerator(root);
  onProgress(`Booting the guest (QEMU, ${accelerator}, ${cpus} CPUs, ${memoryMiB} MiB)`);
  const startedAt = Date.now();
  const guest = await startGuest({
    root,
    accelerator,
    service,
    shares,
    memoryMiB,
    cpus,
    bootTimeoutMs,
  });
  onProgress(`The guest answers after ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  return guest;
}

/**
 * TCG runs each virtual CPU in a thread of its own; a cluster keeps no more than four of them busy.
 */
function defaultCpus(): number {
  return Math.max(2, Math.min(4, availableParallelism()));
}
