import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { runCommand } from '@sallyport/command';
import { unpackPackages } from '@sallyport/images';

const unpackTimeoutMs = 300_000;

/** A Debian root in a folder of the host; its programs can run there. */
export interface UnpackedRoot {
  readonly folder: string;
  readonly kernelVersion: string;
  /**
   * Runs one of its programs on the host, with the libraries of the root. `name` becomes argv[0].
   * An absolute link such as Debian's sbin/depmod leads out of the root, so pass its target.
   */
  run(program: string, args: readonly string[], name?: string): Promise<void>;
}

export interface UnpackOptions {
  /** The .deb files. */
  readonly archives: readonly string[];
  /** Patterns of tar for the parts that are not unpacked. */
  readonly excluded: readonly string[];
  /** Path → target of each link to make, relative to the root. */
  readonly links: Readonly<Record<string, string>>;
  /** Path → content of each file to write. */
  readonly files: Readonly<Record<string, string>>;
  readonly folders: readonly string[];
}

/**
 * Unpacks packages into an empty folder. No maintainer script runs; the necessary parts of them are
 * done here.
 */
export async function unpackRoot(folder: string, options: UnpackOptions): Promise<UnpackedRoot> {
  await unpackPackages(options.archives, folder, options.excluded);

  for (const [path, target] of Object.entries(options.links)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await symlink(target, join(folder, path));
  }
  for (const [path, content] of Object.entries(options.files)) {
    await writeFile(join(folder, path), content);
  }
  for (const path of options.folders) {
    await mkdir(join(folder, path), { recursive: true });
  }

  const [kernelVersion = ''] = await readdir(join(folder, 'usr/lib/modules'));
  const libraries = join(folder, 'usr/lib/x86_64-linux-gnu');
  return {
    folder,
    kernelVersion,
    async run(program, args, name = basename(program)) {
      const loader = [
        join(libraries, 'ld-linux-x86-64.so.2'),
        '--library-path',
        libraries,
        '--argv0',
        name,
      ];
      await runCommand([...loader, join(folder, program), ...args], { timeoutMs: unpackTimeoutMs });
    },
  };
}
