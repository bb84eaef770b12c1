import { readFile, writeFile } from 'node:fs/promises';

const pathOf = (device: string): string => `/proc/sys/net/ipv4/conf/${device}/rp_filter`;

/** net.ipv4.conf.<device>.rp_filter; the kernel applies the larger of it and `all`. */
export const readRpFilter = async (device: string): Promise<number> => Number(await readFile(pathOf(device), 'utf8'));

export const writeRpFilter = async (device: string, value: number): Promise<void> => {
  await writeFile(pathOf(device), String(value));
};
