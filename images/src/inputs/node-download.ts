import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '@sallyport/command';
import { SetupError } from './setup-error.ts';

/** A package of npm with a program in it; `integrity` as a package-lock.json has it (sha512-…). */
export interface PinnedPackage {
  readonly package: string;
  readonly version: string;
  readonly integrity: string;
}

const packTimeoutMs = 300_000;

/**
 * Downloads Node.js through npm (its registry, proxy and cache), checks the
 * integrity, and unpacks the program and its licence.
 * @param target made; gets `bin/node`
 */
export async function downloadNode(pinned: PinnedPackage, target: string): Promise<void> {
  const name = `${pinned.package}@${pinned.version}`;
  await mkdir(target, { recursive: true });
  try {
    await runCommand(['npm', 'pack', '--silent', '--pack-destination', target, name], {
      timeoutMs: packTimeoutMs,
    });
  } catch (cause) {
    throw new SetupError(
      `${name} could not be downloaded from the npm registry (try: npm view ${name})`,
      cause,
    );
  }
  const archive = join(target, `${pinned.package}-${pinned.version}.tgz`);
  const integrity = `sha512-${createHash('sha512')
    .update(await readFile(archive))
    .digest('base64')}`;
  if (integrity !== pinned.integrity) {
    throw new SetupError(
      `${name} has integrity ${integrity}, expected ${pinned.integrity}: it is not used`,
    );
  }
  await runCommand(
    [
      'tar',
      '-xzf',
      archive,
      '-C',
      target,
      '--strip-components=1',
      'package/bin/node',
      'package/LICENSE',
    ],
    { timeoutMs: packTimeoutMs },
  );
  await rm(archive);
}
