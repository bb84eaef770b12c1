import { readFile, writeFile } from 'node:fs/promises';

/** net.ipv4.conf.<device>.rp_filter; the kernel applies the larger of it and `all`. */
export async function readRpFilter(device: string): Promise<number> {
  return Number(await readFile(pathOf(device), 'utf8'));
}

/** Rejects when the device does not exist. */
export async function writeRpFilter(device: string, value: number): Promise<void> {
  await writeFile(pathOf(device), String(value));
}

function pathOf(device: string): string {
  return `/proc/sys/net/ipv4/conf/${device}/rp_filter`;
}
