import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a file whole or not at all, and makes the folders above it. */
export async function putFile(path: string, mode: number, content: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // What is not a regular folder (/proc, /sys) takes writes but no new files.
  if (/^\/(proc|sys)\//.test(path)) {
    return writeFile(path, content);
  }
  const temporary = `${path}.sallyport-new`;
  await writeFile(temporary, content);
  await chmod(temporary, mode);
  await rename(temporary, path);
}

/** Reads a file; those of /proc, which claim to be empty, too. */
export function takeFile(path: string): Promise<Buffer> {
  return readFile(path);
}
