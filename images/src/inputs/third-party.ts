import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '@sallyport/command';
import type { Part } from '../sbom.ts';

/** A package of npm in a bundle, with the texts of its licence. */
export interface NpmPart extends Part {
  readonly texts: readonly string[];
}

/**
 * Reads the names, versions and licences of npm packages. Throws when a package names no licence:
 * an image must not ship it.
 */
export async function npmParts(folders: readonly string[]): Promise<readonly NpmPart[]> {
  const parts = await Promise.all(folders.map(npmPart));
  const unique = new Map(parts.map((part) => [`${part.name}@${part.version}`, part]));
  return [...unique.values()];
}

/** Reads the names and versions of .deb files, and the control file of each. */
export async function debParts(
  archives: readonly string[],
): Promise<readonly (Part & { readonly control: string })[]> {
  return Promise.all(
    archives.map(async (archive) => {
      const { stdout: control } = await runCommand(['dpkg-deb', '--field', archive]);
      const field = (name: string): string =>
        new RegExp(`^${name}: (.*)$`, 'm').exec(control)?.[1] ?? '';
      return {
        ecosystem: 'deb' as const,
        name: field('Package'),
        version: field('Version'),
        architecture: field('Architecture'),
        control,
      };
    }),
  );
}

/** One text with the licences of all npm packages. */
export function renderLicences(parts: readonly NpmPart[]): string {
  return parts
    .map(({ name, version, licence = '', texts }) =>
      [`${name} ${version} (${licence})`, ...texts.map((text) => text.trim())].join('\n\n'),
    )
    .sort()
    .join(`\n\n${'-'.repeat(78)}\n\n`);
}

async function npmPart(folder: string): Promise<NpmPart> {
  const { name, version, license } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  ) as { readonly name: string; readonly version: string; readonly license?: string };
  if (typeof license !== 'string') {
    throw new Error(`${folder}: its package.json names no licence`);
  }
  const names = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file)).sort();
  const texts = await Promise.all(names.map((file) => readFile(join(folder, file), 'utf8')));
  return { ecosystem: 'npm', name, version, licence: license, texts };
}
