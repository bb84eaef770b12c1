import { closeSync, openSync, rmSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { cpioOf } from '../image/cpio.ts';
import type { Share } from './first-process.ts';
import { firstProcess, setUpScript, startFiles } from './first-process.ts';

/** An open file without a name: it ends with the last process that has it open. */
export interface NamelessFile {
  readonly fd: number;
  close(): void;
}

/** The first file system for one boot: that of the root, then the files of this guest. */
export async function bootFileSystem(
  firstFileSystem: string,
  service: Uint8Array,
  shares: readonly Share[],
): Promise<NamelessFile> {
  const file = (
    path: string,
    content: string | Uint8Array,
  ): Parameters<typeof cpioOf>[0][number] => ({
    kind: 'file',
    path: `lab/${basename(path)}`,
    mode: 0o644,
    content: Buffer.from(content as Uint8Array),
  });
  const own = cpioOf([
    file(startFiles.firstProcess, firstProcess),
    file(startFiles.setUp, setUpScript(shares)),
    file(startFiles.service, service),
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-lab-'));
  try {
    const path = join(folder, 'first.cpio');
    await writeFile(path, Buffer.concat([await readFile(firstFileSystem), own]));
    const fd = openSync(path, 'r');
    return {
      fd,
      close: () => {
        closeSync(fd);
      },
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
