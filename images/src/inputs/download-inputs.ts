import { readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageName } from '../recipes.ts';
import { imageNames, leftOut, recipes } from '../recipes.ts';
import type { Architecture } from './apt-download.ts';
import { aptDownload } from './apt-download.ts';
import type { AppBundle } from './bundle-app.ts';
import { bundleApp } from './bundle-app.ts';
import { downloadNode } from './node-download.ts';
import { nodePackages } from './node-packages.ts';

/** Node.js in a folder. */
interface DownloadedNode {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
}

/** Everything that images are made of. */
export interface BuildInputs {
  readonly architectures: readonly Architecture[];
  /** The release of Debian that the packages are of, such as `debian-12`. */
  readonly release: string;
  readonly bundles: ReadonlyMap<'agent' | 'controller', AppBundle>;
  downloads(
    image: ImageName,
    architecture: Architecture,
  ): { readonly archives: readonly string[]; readonly node: DownloadedNode };
}

/** The request for inputs. */
export interface InputsRequest {
  /** The folder of the workspace. */
  readonly root: string;
  /** An empty folder. */
  readonly folder: string;
  readonly architectures: readonly Architecture[];
  readonly revision: string;
  readonly onProgress: (message: string) => void;
}

/** Downloads Debian packages and Node.js, and bundles the apps. Rejects with SetupError. */
export async function downloadInputs(request: InputsRequest): Promise<BuildInputs> {
  const { root, folder, architectures, revision, onProgress } = request;
  const archives = new Map<string, readonly string[]>();
  const bundles = new Map<'agent' | 'controller', AppBundle>();
  const nodes = new Map<Architecture, DownloadedNode>();
  for (const architecture of architectures) {
    onProgress(`downloading Debian packages and Node.js for ${architecture}`);
    nodes.set(architecture, await nodeFor(architecture, join(folder, `node-${architecture}`)));
    const own = join(folder, `debian-${architecture}`);
    await mkdir(own, { recursive: true });
    const sets = imageNames.map((name) => recipes[name].packages);
    const found = await aptDownload(own, { architecture, sets, leftOut });
    for (const [index, name] of imageNames.entries()) {
      archives.set(`${name}-${architecture}`, found[index] ?? []);
    }
  }
  for (const app of ['agent', 'controller'] as const) {
    onProgress(`bundling the ${app}`);
    bundles.set(app, await bundleApp(root, app, join(folder, `bundle-${app}`), revision));
  }
  return {
    architectures,
    release: debianRelease(),
    bundles,
    downloads(image, architecture) {
      const node = nodes.get(architecture);
      const found = archives.get(`${image}-${architecture}`);
      if (node === undefined || found === undefined) {
        throw new Error(`nothing was downloaded for ${image} on ${architecture}`);
      }
      return { archives: found, node };
    },
  };
}

async function nodeFor(architecture: Architecture, folder: string): Promise<DownloadedNode> {
  const pinned = nodePackages[architecture];
  await rm(folder, { recursive: true, force: true });
  await downloadNode(pinned, folder);
  return { name: 'node', version: pinned.version, folder };
}

/** apt of the host chooses the packages, so they are of its release. */
function debianRelease(): string {
  const text = readFileSync('/etc/os-release', 'utf8');
  const [, id = 'debian'] = /^ID=(.*)$/m.exec(text) ?? [];
  const [, version = ''] = /^VERSION_ID="?([^"\n]*)"?$/m.exec(text) ?? [];
  return `${id}-${version}`;
}
