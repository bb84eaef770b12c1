import { copyFile, cp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand } from '@sallyport/command';
import type { Architecture } from './inputs/apt-download.ts';
import type { NpmPart } from './inputs/third-party.ts';
import { debParts, renderLicences } from './inputs/third-party.ts';
import { unpackPackages } from './inputs/unpack-packages.ts';
import type { Recipe } from './recipes.ts';
import { baseLinks, excluded, files } from './recipes.ts';
import type { Part } from './sbom.ts';

/** Fills an empty folder with Debian packages, and returns them. */
export async function debianRoot(
  folder: string,
  archives: readonly string[],
  { links }: Recipe,
): Promise<readonly Part[]> {
  await mkdir(folder, { recursive: true });
  await unpackPackages(archives, folder, excluded);
  await keepCopyrightOnly(folder);
  for (const [path, target] of Object.entries({ ...baseLinks, ...links })) {
    await rm(join(folder, path), { force: true, recursive: true });
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await symlink(target, join(folder, path));
  }
  for (const [path, content] of Object.entries(files)) {
    await writeFile(join(folder, path), content);
  }
  const parts = await debParts(archives);
  // Scanners of images read the installed packages here, as in distroless images.
  const status = join(folder, 'var/lib/dpkg/status.d');
  await mkdir(status, { recursive: true });
  await Promise.all(parts.map(({ name, control }) => writeFile(join(status, name), control)));
  return parts;
}

/** Fills an empty folder with Node.js and its licence. */
export async function nodeRoot(folder: string, node: string): Promise<void> {
  await place(join(node, 'bin/node'), join(folder, 'usr/bin/node'));
  await place(join(node, 'LICENSE'), join(folder, 'usr/share/doc/nodejs/LICENSE'));
}

/** Our own part of an image, besides the bundle. */
export interface OwnPart {
  /** The folder of the workspace. */
  readonly root: string;
  readonly sbom: string;
  readonly packages: readonly NpmPart[];
  readonly architecture: Architecture;
}

/** Fills an empty folder with our bundle, licences and the bill of materials. */
export async function appRoot(
  folder: string,
  { root, sbom, packages, architecture }: OwnPart,
  bundle: string | undefined,
): Promise<void> {
  const documents = join(folder, 'usr/share/doc/sallyport');
  await place(join(root, 'LICENSE'), join(documents, 'LICENSE'));
  await writeFile(join(documents, 'sbom.cdx.json'), sbom);
  if (bundle === undefined) {
    return;
  }
  await writeFile(join(documents, 'third-party-licences.txt'), renderLicences(packages));
  const addOn = { amd64: 'x64', arm64: 'arm64' }[architecture];
  for (const name of await readdir(bundle)) {
    if (name === 'main.mjs' || name === `netlink-${addOn}.node`) {
      await place(join(bundle, name), join(folder, 'opt/sallyport', name));
    }
  }
}

/** Adds the files of an image that the repository has as they are. */
export async function ownFilesRoot(folder: string, source: string): Promise<void> {
  await cp(source, folder, { recursive: true });
}

/** The licences of packages stay; the other documents go. */
async function keepCopyrightOnly(folder: string): Promise<void> {
  const documents = join(folder, 'usr/share/doc');
  const unwanted = ['(', '-type', 'f', '-o', '-type', 'l', ')', '!', '-name', 'copyright'];
  await runCommand(['find', documents, '-mindepth', '2', ...unwanted, '-delete']);
  await runCommand(['find', documents, '-mindepth', '1', '-type', 'd', '-empty', '-delete']);
}

async function place(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await copyFile(source, target);
}
