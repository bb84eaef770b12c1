import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '@sallyport/command';

const unpackTimeoutMs = 300_000;
const parallel = 2;

/**
 * Unpacks .deb files into an empty folder. No maintainer script runs.
 * @param excluded patterns of tar for the parts that are not unpacked
 */
export async function unpackPackages(
  archives: readonly string[],
  folder: string,
  excluded: readonly string[],
): Promise<void> {
  // Merged /usr: packages that still ship /bin, /lib, … must find the links.
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    await mkdir(join(folder, 'usr', name), { recursive: true });
    await symlink(`usr/${name}`, join(folder, name));
  }
  const queue = [...archives];
  const unpackNext = async (): Promise<void> => {
    for (let archive = queue.pop(); archive !== undefined; archive = queue.pop()) {
      await unpack(archive, folder, excluded);
    }
  };
  await Promise.all(Array.from({ length: parallel }, unpackNext));
}

async function unpack(archive: string, folder: string, excluded: readonly string[]): Promise<void> {
  const tar = ['--extract', '--directory', folder, '--keep-directory-symlink', '--no-same-owner'];
  const exclude = excluded.map((pattern) => `--exclude=${pattern}`);
  // The archive is an argument of bash, not part of the script, so that no path can break it.
  const script =
    'set -o pipefail; archive=$1; shift; dpkg-deb --fsys-tarfile "$archive" | tar "$@"';
  await runCommand(['bash', '-c', script, 'unpack', archive, ...tar, ...exclude], {
    timeoutMs: unpackTimeoutMs,
  });
}
