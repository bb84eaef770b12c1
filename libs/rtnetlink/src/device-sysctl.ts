import { readFile, writeFile } from 'node:fs/promises';

/**
 * Sysctls of a device, net.ipv4.conf.<device>. Of both the kernel takes the larger of this value
 * and that of `all`: see ip-sysctl in the kernel's documentation.
 */
type DeviceSysctl = 'rp_filter' | 'src_valid_mark';

/** Rejects when the device does not exist. */
export async function readSysctl(device: string, name: DeviceSysctl): Promise<number> {
  return Number(await readFile(pathOf(device, name), 'utf8'));
}

/** Rejects when the device does not exist. */
export async function writeSysctl(
  device: string,
  name: DeviceSysctl,
  value: number,
): Promise<void> {
  await writeFile(pathOf(device, name), String(value));
}

function pathOf(device: string, name: DeviceSysctl): string {
  return `/proc/sys/net/ipv4/conf/${device}/${name}`;
}
