import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The settings of the kernel, in the network namespace of the process that opens a file. */
export const SYSCTL_FOLDER = '/proc/sys';

/**
 * Sysctls of a device, net.ipv4.conf.<device>. Of both the kernel takes the larger of this value
 * and that of `all`: see ip-sysctl in the kernel's documentation.
 */
type DeviceSysctl = 'rp_filter' | 'src_valid_mark';

/** Rejects when the device does not exist. */
export async function readSysctl(device: string, name: DeviceSysctl): Promise<number> {
  return Number(await readFile(pathOf(SYSCTL_FOLDER, device, name), 'utf8'));
}

/**
 * Rejects when the device does not exist.
 * @param folder another one than /proc/sys in a container, where that is read-only
 */
export async function writeSysctl(
  folder: string,
  device: string,
  name: DeviceSysctl,
  value: number,
): Promise<void> {
  await writeFile(pathOf(folder, device, name), String(value));
}

/** Whether the device takes IPv6 packets; not where the kernel has no IPv6 for it. */
export async function readTakesIPv6(device: string): Promise<boolean> {
  try {
    return Number(await readFile(ipv6SwitchOf(SYSCTL_FOLDER, device), 'utf8')) === 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return false;
    }
    throw error;
  }
}

/** Rejects when the kernel has no IPv6 for the device, as with an MTU below 1280. */
export async function takeIPv6(folder: string, device: string): Promise<void> {
  await writeFile(ipv6SwitchOf(folder, device), '0');
}

function ipv6SwitchOf(folder: string, device: string): string {
  return join(folder, 'net/ipv6/conf', device, 'disable_ipv6');
}

function pathOf(folder: string, device: string, name: DeviceSysctl): string {
  return join(folder, 'net/ipv4/conf', device, name);
}
