import { portName } from '../../service/protocol.ts';
import type { Share } from './first-process.ts';
import { shareTag } from './first-process.ts';

/** How QEMU runs the guest's instructions. */
export type Accelerator = 'kvm' | 'tcg';

export const qemuProgram = 'qemu-system-x86_64';

export interface MachineOptions {
  readonly accelerator: Accelerator;
  readonly memoryMiB: number;
  readonly cpus: number;
  readonly kernel: string;
  readonly firstFileSystem: string;
  /** Appended to the kernel's command line. */
  readonly kernelArguments?: readonly string[];
}

export interface GuestOptions extends MachineOptions {
  readonly image: string;
  readonly shares: readonly Share[];
  /** QEMU's file descriptor of the connected socket behind the guest's port. */
  readonly portFd: number;
}

/** Settings of the guest's kernel; see Documentation/admin-guide/kernel-parameters.txt. */
const kernelSettings = [
  'console=ttyS0',
  'quiet',
  // With -no-reboot: a panic ends QEMU.
  'panic=-1',
  // The guest has nothing to protect. Without address randomisation TCG reuses the translated code
  // of shared libraries: a program starts in 11 ms instead of 43.
  'mitigations=off',
  'nokaslr',
  'norandmaps',
  // The HPET counts the host's time. The kernel prefers the CPU's counter (TSC), with 1 µs a
  // reading instead of 2, but measures its frequency at boot. On a busy host the result can be
  // wrong: such a guest's clock gained minutes.
  'clocksource=hpet',
  // The scheduler may still use the TSC.
  'tsc=reliable',
  'no_timer_check',
  // Self-tests of ciphers, half a second of TCG.
  'cryptomgr.notests',
  'audit=0',
] as const;

/** Arguments of QEMU for the lab's guest. */
export function guestArgv(options: GuestOptions): readonly string[] {
  return [
    ...machineArgv(options),
    // Locking off: the image is read-only for every guest that uses it.
    ...[
      '-drive',
      `if=none,id=root,format=raw,readonly=on,file.locking=off,file=${escaped(options.image)}`,
    ],
    ...['-device', 'virtio-blk-pci,drive=root'],
    ...['-device', 'virtio-rng-pci'],
    ...['-chardev', `socket,id=rpc,fd=${options.portFd}`],
    ...['-device', 'virtio-serial-pci', '-device', `virtserialport,chardev=rpc,name=${portName}`],
    // The guest sets the interface up only if it exposes a host port.
    ...['-netdev', 'user,id=host,ipv6=off', '-device', 'virtio-net-pci,netdev=host'],
    ...options.shares.flatMap((share, index) => ['-virtfs', virtfs(share, index)]),
  ];
}

/** Arguments of QEMU for a bare machine that boots a kernel with its console on stdout. */
export function machineArgv(options: MachineOptions): readonly string[] {
  const { accelerator, memoryMiB, cpus, kernel, firstFileSystem, kernelArguments = [] } = options;
  const commandLine = [...kernelSettings, ...kernelArguments].join(' ');
  return [
    ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none', '-serial', 'stdio'],
    ...['-accel', accelerator === 'tcg' ? 'tcg,thread=multi' : 'kvm', '-cpu', 'max'],
    ...['-smp', String(cpus), '-m', `${memoryMiB}M`],
    ...['-kernel', kernel, '-initrd', firstFileSystem, '-append', commandLine],
  ];
}

/** QEMU's option lists need two commas for one in a value. */
function escaped(value: string): string {
  return value.replaceAll(',', ',,');
}

function virtfs(share: Share, index: number): string {
  const settings = 'security_model=none,multidevs=remap,readonly=on';
  return `local,path=${escaped(share.hostPath)},mount_tag=${shareTag(index)},${settings}`;
}
