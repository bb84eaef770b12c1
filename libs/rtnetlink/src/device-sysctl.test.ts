import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSysctl, writeSysctl } from './device-sysctl.ts';

it('writes to the folder that a container has, not to its /proc/sys', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-sysctl-'));
  try {
    await mkdir(join(folder, 'net/ipv4/conf/lo'), { recursive: true });
    const before = await readSysctl('lo', 'rp_filter');
    await writeSysctl(folder, 'lo', 'rp_filter', 1);
    expect(await readFile(join(folder, 'net/ipv4/conf/lo/rp_filter'), 'utf8')).toBe('1');
    expect(await readSysctl('lo', 'rp_filter')).toBe(before);
  } finally {
    await rm(folder, { recursive: true });
  }
});
