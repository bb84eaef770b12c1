import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { bundleProgram, workspaceRoot } from '@sallyport/kit';
import type { Guest } from './guest/guest.ts';
import { guestRoot } from './image/guest-root.ts';
import { chooseAccelerator } from './machine/accelerator.ts';
import type { Share } from './machine/first-process.ts';
import { requireQemu } from './machine/qemu-process.ts';
import { startGuest } from './start-guest.ts';

export interface BootOptions {
  /** Folders of the host the guest sees, read-only, beside its own root. */
  readonly shares?: readonly Share[];
  /** Default 3072. The guest takes the pages it touches, not all of them. */
  readonly memoryMiB?: number;
  /** Virtual CPUs; default: those of the host, at least 2 and at most 4. */
  readonly cpus?: number;
  /** From the start of QEMU to the guest's answer, without the one-time set-up. Default 90 000. */
  readonly bootTimeoutMs?: number;
  /** Gets progress, one line each: downloads with size and seconds, the boot. Default: ignored. */
  readonly onProgress?: (message: string) => void;
}

/**
 * Boots a throwaway virtual machine and resolves when it answers. If the user's cache folder has no
 * root for the guest yet, it builds one first. Rejects with `BootError`, whose message contains the
 * tail of the guest's console, when the guest does not boot in time. Rejects with `SetupError`
 * when the host lacks something. Nothing is left running then.
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

/** The guest's service (src/service/main.ts) as one file that the guest's Node.js runs. */
export async function serviceBundle(): Promise<Uint8Array> {
  const file = join(workspaceRoot(), 'node_modules/.cache/sallyport/guest-service.mjs');
  await bundleProgram('testing/lab/src/service/main.ts', file);
  return readFile(file);
}

/**
 * Shell code to run before a start of ovs-vswitchd in the guest. Open vSwitch before 3.2 counts the
 * CPUs at most every ten seconds, and takes the boot for the first time. On a machine that booted
 * less than ten seconds ago it finds none and starts no handler thread. It then loses every packet
 * that matches no flow (openvswitch/ovs b354cee2e, "ovs-thread: Fix cpus not read for the first
 * 10s").
 */
export const UNTIL_OVS_WORKS = 'until [ "$(cut -d. -f1 /proc/uptime)" -ge 10 ]; do sleep 0.1; done';

/** TCG runs each virtual CPU in a thread of its own; a cluster keeps at most four of them busy. */
function defaultCpus(): number {
  return Math.max(2, Math.min(4, availableParallelism()));
}
