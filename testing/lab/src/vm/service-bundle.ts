import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const entryPoint = 'testing/lab/src/guest/main.ts';

/** The guest's service (src/guest/main.ts) as one file that the guest's Node.js runs. */
export async function serviceBundle(): Promise<Uint8Array> {
  const result = await build({
    entryPoints: [join(repositoryFolder(), entryPoint)],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    logLevel: 'silent',
  });
  const [file] = result.outputFiles;
  if (file === undefined) {
    throw new Error(`esbuild wrote no file for ${entryPoint}`);
  }
  return file.contents;
}

/** The repository this module is part of, whether it runs as a source, compiled, or in a bundle. */
export function repositoryFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, entryPoint))) {
    const parent = dirname(folder);
    if (parent === folder) {
      throw new Error(`${entryPoint} is in no folder above ${fileURLToPath(import.meta.url)}`);
    }
    folder = parent;
  }
  return folder;
}
