import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Architecture } from './inputs/apt-download.ts';
import type { BuildInputs } from './inputs/download-inputs.ts';
import type { NpmPart } from './inputs/third-party.ts';
import { npmParts } from './inputs/third-party.ts';
import type { Descriptor } from './oci/descriptor.ts';
import type { Release } from './oci/image-documents.ts';
import {
  CONFIG_TYPE,
  imageConfigFor,
  indexFor,
  labelsFor,
  MANIFEST_TYPE,
  manifestFor,
} from './oci/image-documents.ts';
import { createLayout, INDEX_TYPE, writeIndex, writeJsonBlob } from './oci/layout.ts';
import type { Layer } from './oci/write-layer.ts';
import { writeLayer } from './oci/write-layer.ts';
import type { ImageName } from './recipes.ts';
import { recipes } from './recipes.ts';
import { appRoot, debianRoot, nodeRoot, ownFilesRoot } from './root-folders.ts';
import { sbomFor } from './sbom.ts';

/** One image in its layout. */
export interface BuiltImage {
  readonly name: ImageName;
  /** The folder of the OCI layout. */
  readonly layout: string;
  /** Of the list for all architectures: the digest by which a registry serves it. */
  readonly digest: string;
  /** Layers by architecture, the lowest first; sizes are those that a Node downloads. */
  readonly layers: ReadonlyMap<Architecture, readonly Layer[]>;
}

/** The target of a build. */
export interface BuildTarget extends Release {
  /** The folder of the workspace. */
  readonly root: string;
  /** Gets a layout and bills of materials for each image; older ones are deleted. */
  readonly output: string;
  /** Registry and path before the name of an image, for tools that import a layout. */
  readonly registry: string;
}

/** Builds an image from its inputs. Equal inputs give an equal digest, whenever and wherever. */
export async function buildImage(
  name: ImageName,
  inputs: BuildInputs,
  target: BuildTarget,
): Promise<BuiltImage> {
  const recipe = recipes[name];
  const layout = join(target.output, name);
  const scratch = join(target.output, `.${name}`);
  await Promise.all(
    [layout, scratch].map((folder) => rm(folder, { recursive: true, force: true })),
  );
  await createLayout(layout);
  const bundle = recipe.app === undefined ? undefined : inputs.bundles.get(recipe.app);
  const packages = bundle === undefined ? [] : await npmParts(bundle.packageFolders);
  const annotations = labelsFor(recipe, target);
  const manifests = new Map<Architecture, Descriptor>();
  const layers = new Map<Architecture, readonly Layer[]>();
  for (const architecture of inputs.architectures) {
    const part = { name, inputs, target, packages, architecture };
    const built = await writeLayers(part, join(scratch, architecture), layout);
    const config = imageConfigFor(recipe, target, architecture, built);
    const manifest = manifestFor(
      await writeJsonBlob(layout, CONFIG_TYPE, config),
      built,
      annotations,
    );
    manifests.set(architecture, await writeJsonBlob(layout, MANIFEST_TYPE, manifest));
    layers.set(architecture, built);
  }
  const index = await writeJsonBlob(layout, INDEX_TYPE, indexFor(manifests, annotations));
  await writeIndex(layout, index, {
    'org.opencontainers.image.ref.name': target.version,
    // containerd takes the whole name from here.
    'io.containerd.image.name': `${target.registry}/${name}:${target.version}`,
  });
  await rm(scratch, { recursive: true });
  return { name, layout, digest: index.digest, layers };
}

interface ImagePart {
  readonly name: ImageName;
  readonly inputs: BuildInputs;
  readonly target: BuildTarget;
  readonly packages: readonly NpmPart[];
  readonly architecture: Architecture;
}

/** Those that change least come first: a Node that has them does not download them again. */
async function writeLayers(
  { name, inputs, target, packages, architecture }: ImagePart,
  scratch: string,
  layout: string,
): Promise<readonly Layer[]> {
  const folder = (layer: string): string => join(scratch, layer);
  const { app, hasOwnFiles } = recipes[name];
  const { archives, node } = inputs.downloads(name, architecture);
  const debian = await debianRoot(folder('debian'), archives, recipes[name]);
  const bundle = app && inputs.bundles.get(app);
  const parts = [
    ...debian,
    ...(bundle ? [...packages, { ecosystem: 'node' as const, ...node }] : []),
  ];
  const bill = sbomFor({ name, version: target.version, release: inputs.release }, parts);
  const sbom = `${JSON.stringify(bill, null, 2)}\n`;
  await mkdir(join(target.output, 'sbom'), { recursive: true });
  await writeFile(join(target.output, 'sbom', `${name}-${architecture}.cdx.json`), sbom);
  if (bundle) {
    await nodeRoot(folder('node'), node.folder);
  }
  const own = { root: target.root, sbom, packages, architecture };
  await appRoot(folder('app'), own, bundle?.folder);
  if (hasOwnFiles) {
    await ownFilesRoot(folder('app'), join(target.root, 'images/rootfs', name));
  }
  const written: Layer[] = [];
  for (const layer of bundle ? ['debian', 'node', 'app'] : ['debian', 'app']) {
    written.push(await writeLayer(folder(layer), layout));
  }
  return written;
}
