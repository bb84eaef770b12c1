import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a file whole or not at all, and makes the folders above it. */
export async function putFile(path: string, mode: number, content: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // /proc and /sys accept writes but no new files.
  if (/^\/(proc|sys)\//.test(path)) {
    return writeFile(path, content);
  }
  const temporary = `${path}.sallyport-new`;
  await writeFile(temporary, content);
  await chmod(temporary, mode);
  await rename(temporary, path);
}

/** Reads a file, also one of /proc, whose size is reported as 0. */
export function takeFile(path: string): Promise<Buffer> {
  return readFile(path);
}
