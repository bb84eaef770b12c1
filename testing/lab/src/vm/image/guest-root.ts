import { readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runCommand } from '@sallyport/command';
import { aptDownload, downloadNode, SetupError } from '@sallyport/images';
import { buildOnce } from './build-once.ts';
import { cpioOf } from './cpio.ts';
import { firstInit } from './first-init.ts';
import { payloadOf } from './kernel-image.ts';
import { loadOrder } from './kernel-modules.ts';
import { labCacheFolder } from './lab-cache.ts';
import {
  excluded,
  files,
  folders,
  leftOut,
  links,
  node,
  packages,
  recipeHash,
  rootModules,
} from './recipe.ts';
import type { UnpackedRoot } from './unpacked-root.ts';
import { unpackRoot } from './unpacked-root.ts';

/** The files a guest boots from. */
export interface GuestRoot {
  readonly kernel: string;
  /** An uncompressed cpio archive: busybox, the modules that reach the root, and the first init. */
  readonly firstFileSystem: string;
  /** An ext4 image, never written to. */
  readonly image: string;
}

/**
 * The guest's root in the user's cache folder. The first call builds it, in about 20 s and with 170
 * MB of downloads.
 */
export async function guestRoot(onProgress: (message: string) => void): Promise<GuestRoot> {
  if (process.arch !== 'x64') {
    throw new SetupError(`the lab's guest is x86-64; this machine is ${process.arch}`);
  }
  const folder = join(labCacheFolder(), recipeHash(debianRelease()));
  await buildOnce(folder, (temporary) => build(temporary, onProgress));
  return {
    kernel: join(folder, 'kernel'),
    firstFileSystem: join(folder, 'first.cpio'),
    image: join(folder, 'root.ext4'),
  };
}

function debianRelease(): string {
  const text = readFileSync('/etc/os-release', 'utf8');
  return /^VERSION_CODENAME=(.*)$/m.exec(text)?.[1] ?? text;
}

async function build(target: string, onProgress: (message: string) => void): Promise<void> {
  const startedAt = Date.now();
  onProgress("Building the lab's guest root (once): downloading Debian packages and Node.js");
  const scratch = join(target, 'scratch');
  const rootFolder = join(scratch, 'root');
  await mkdir(rootFolder, { recursive: true });
  const aptFolder = join(scratch, 'apt');
  await mkdir(aptFolder);
  const [[archives = []]] = await Promise.all([
    aptDownload(aptFolder, { architecture: 'amd64', sets: [packages], leftOut }),
    downloadNode(node, join(rootFolder, 'opt/node')),
  ]);
  const sizes = await Promise.all(archives.map(async (archive) => (await stat(archive)).size));
  const megabytes = Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1e6);
  onProgress(
    `Downloaded ${archives.length} packages, ${megabytes} MB, in ${secondsSince(startedAt)} s; unpacking`,
  );

  const root = await unpackRoot(rootFolder, { archives, excluded, links, files, folders });
  await rm(aptFolder, { recursive: true });
  await prepareModules(root);
  await writeKernel(root, join(target, 'kernel'), scratch);
  await writeFirstFileSystem(root, join(target, 'first.cpio'));
  await rm(join(root.folder, 'boot'), { recursive: true });
  await writeImage(root, join(target, 'root.ext4'));
  await rm(scratch, { recursive: true });
  onProgress(
    `The guest's root is ready in ${target.replace(/\.new-\w+$/, '')}, after ${secondsSince(startedAt)} s`,
  );
}

function secondsSince(startedAt: number): string {
  return ((Date.now() - startedAt) / 1000).toFixed(0);
}

/**
 * Runs depmod as the kernel package's script does. Decompresses the modules first, because busybox
 * loads only uncompressed ones.
 */
async function prepareModules(root: UnpackedRoot): Promise<void> {
  const folder = join(root.folder, 'usr/lib/modules', root.kernelVersion);
  const { stdout } = await runCommand(['find', folder, '-name', '*.ko.xz']);
  const compressed = stdout.split('\n').filter((path) => path !== '');
  if (compressed.length > 0) {
    await root.run('usr/bin/xz', ['--decompress', ...compressed]);
  }
  await root.run('usr/bin/kmod', ['-b', root.folder, root.kernelVersion], 'depmod');
}

async function writeKernel(root: UnpackedRoot, target: string, scratch: string): Promise<void> {
  const bzImage = join(root.folder, 'boot', `vmlinuz-${root.kernelVersion}`);
  const payload = payloadOf(await readFile(bzImage));
  if (payload.kind === 'other') {
    return copyFile(bzImage, target);
  }
  const compressed = join(scratch, 'kernel.xz');
  await writeFile(compressed, payload.data);
  await root.run('usr/bin/xz', ['--decompress', compressed]);
  await copyFile(join(scratch, 'kernel'), target);
}

async function writeFirstFileSystem(root: UnpackedRoot, target: string): Promise<void> {
  const folder = join(root.folder, 'usr/lib/modules', root.kernelVersion);
  const order = loadOrder(await readFile(join(folder, 'modules.dep'), 'utf8'), rootModules);
  const modules = await Promise.all(
    order.map(async (path) => ({
      path: `modules/${basename(path)}`,
      content: await readFile(join(folder, path)),
    })),
  );
  const busybox = await readFile(join(root.folder, 'usr/bin/busybox'));
  const archive = cpioOf([
    ...['bin', 'dev', 'lab', 'lower', 'modules', 'newroot', 'proc', 'rw', 'sys'].map(
      (path) => ({ kind: 'directory', path }) as const,
    ),
    { kind: 'file', path: 'bin/busybox', mode: 0o755, content: busybox },
    { kind: 'file', path: 'init', mode: 0o755, content: Buffer.from(firstInit) },
    {
      kind: 'file',
      path: 'modules/order',
      mode: 0o644,
      content: Buffer.from(order.map(line).join('')),
    },
    ...modules.map((module) => ({ kind: 'file', mode: 0o644, ...module }) as const),
  ]);
  await writeFile(target, archive);
}

function line(path: string): string {
  return `/modules/${basename(path)}\n`;
}

/** An image, not a shared folder: under TCG the first start of a program is 4 times faster. */
async function writeImage(root: UnpackedRoot, target: string): Promise<void> {
  const { stdout } = await runCommand(['du', '--summarize', '--block-size=1M', root.folder]);
  const megabytes = Math.ceil(Number.parseInt(stdout, 10) * 1.1) + 64;
  await root.run('usr/sbin/mkfs.ext4', [
    '-q',
    '-F',
    '-O',
    '^has_journal',
    '-d',
    root.folder,
    target,
    `${megabytes}M`,
  ]);
}
