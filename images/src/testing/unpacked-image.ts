import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '@sallyport/command';
import type { Architecture } from '../inputs/apt-download.ts';

/** An image of a layout, read as a container runtime reads it: from index.json on. */
export interface UnpackedImage {
  readonly config: {
    readonly User: string;
    readonly Env: readonly string[];
    readonly Entrypoint: readonly string[];
  };
  /** The root file system. */
  readonly root: string;
}

interface Documents {
  readonly manifests: readonly { readonly digest: string; readonly platform?: Platform }[];
  readonly layers: readonly { readonly digest: string }[];
  readonly config: { readonly digest: string };
}

interface Platform {
  readonly architecture: string;
}

/** Unpacks the layers of an image into an empty folder. */
export async function unpackImage(
  layout: string,
  architecture: Architecture,
  root: string,
): Promise<UnpackedImage> {
  const blob = (digest: string): string => join(layout, 'blobs', digest.replace(':', '/'));
  const read = async <Key extends keyof Documents>(path: string): Promise<Pick<Documents, Key>> =>
    JSON.parse(await readFile(path, 'utf8')) as Documents;
  const { manifests: images } = await read<'manifests'>(join(layout, 'index.json'));
  const { manifests } = await read<'manifests'>(blob(images[0]?.digest ?? ''));
  const chosen = manifests.find(({ platform }) => platform?.architecture === architecture);
  const manifest = await read<'layers' | 'config'>(blob(chosen?.digest ?? ''));
  await mkdir(root, { recursive: true });
  for (const { digest } of manifest.layers) {
    await runCommand(['tar', '-xzf', blob(digest), '-C', root], { timeoutMs: 120_000 });
  }
  const { config } = JSON.parse(
    await readFile(blob(manifest.config.digest), 'utf8'),
  ) as UnpackedImage;
  return { config, root };
}

/**
 * Runs a program with the image as its root and no file of the host. Without being root on the
 * host, it is root in a namespace of its own.
 */
export async function runInImage(
  { config, root }: UnpackedImage,
  argv: readonly string[],
): Promise<string> {
  // A container of a CI may be root and yet make no namespace.
  const isRoot = process.getuid?.() === 0;
  const isolated = isRoot ? ['chroot', root] : ['unshare', '--map-root-user', `--root=${root}`];
  const { stdout } = await runCommand(['env', '-i', ...config.Env, ...isolated, ...argv], {
    timeoutMs: 120_000,
  });
  return stdout;
}
