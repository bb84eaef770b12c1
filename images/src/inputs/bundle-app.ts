import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { runCommand } from '@sallyport/command';

/** The bundle of an app. */
export interface AppBundle {
  /** Has `main.mjs` and the native add-ons for every architecture. */
  readonly folder: string;
  /** The folders of the npm packages whose code is in the bundle, sorted. */
  readonly packageFolders: readonly string[];
}

const timeoutMs = 300_000;

/**
 * Bundles an app into an empty folder.
 * @param root the folder of the workspace
 * @param revision the commit that the app names as its own
 */
export async function bundleApp(
  root: string,
  app: 'agent' | 'controller',
  folder: string,
  revision: string,
): Promise<AppBundle> {
  const metafile = `${folder}.json`;
  const entryPoint = join(root, 'apps', app, 'src/main.ts');
  await runCommand(
    [
      ...['env', `SALLYPORT_REVISION=${revision}`],
      ...[process.execPath, join(root, 'tools/bundle.mjs')],
      ...[entryPoint, join(folder, 'main.mjs'), metafile],
    ],
    { timeoutMs },
  );
  const { inputs } = JSON.parse(await readFile(metafile, 'utf8')) as {
    readonly inputs: Readonly<Record<string, unknown>>;
  };
  const folders = packageFoldersOf(Object.keys(inputs)).map((path) => join(root, path));
  return { folder, packageFolders: folders };
}

/** The folders of npm packages among the files of a bundle, without duplicates, sorted. */
export function packageFoldersOf(files: readonly string[]): readonly string[] {
  const folders = files.flatMap((file) => {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(relativePath(file)) ?? [];
    return folder === undefined ? [] : [folder];
  });
  return [...new Set(folders)].sort();
}

/** A plug-in of esbuild puts its name before an absolute path. */
function relativePath(file: string): string {
  const [, absolute] = /^[a-z-]+:(\/.*)$/.exec(file) ?? [];
  return absolute === undefined ? file : relative(process.cwd(), absolute);
}
