import type { Architecture } from '../inputs/apt-download.ts';
import type { Recipe } from '../recipes.ts';
import type { Descriptor } from './descriptor.ts';
import { INDEX_TYPE } from './layout.ts';
import type { Layer } from './write-layer.ts';

/** The build that an image comes from. */
export interface Release {
  readonly version: string;
  /** The commit. */
  readonly revision: string;
}

/** Media types of the OCI image specification. */
export const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';

/** The media type of a manifest. */
export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

/** The configuration of an image: its process and its layers. */
export function imageConfigFor(
  recipe: Recipe,
  release: Release,
  architecture: Architecture,
  layers: readonly Layer[],
): object {
  return {
    // A fixed time: equal content has an equal digest. The label has the commit.
    created: '1970-01-01T00:00:00Z',
    architecture,
    os: 'linux',
    ...(architecture === 'arm64' && { variant: 'v8' }),
    config: {
      User: recipe.user,
      Env: ['PATH=/usr/local/bin:/usr/sbin:/usr/bin', 'NODE_ENV=production'],
      Entrypoint: recipe.entrypoint,
      WorkingDir: '/',
      Labels: labelsFor(recipe, release),
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
  };
}

/** Labels and annotations, by the names that OCI defines. */
export function labelsFor(
  { title, description }: Recipe,
  { version, revision }: Release,
): Readonly<Record<string, string>> {
  const labels = {
    title,
    description,
    version,
    revision,
    licenses: 'Apache-2.0',
    vendor: 'The Sallyport authors',
  };
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [`org.opencontainers.image.${name}`, value]),
  );
}

/** The manifest of an image of one architecture. */
export function manifestFor(
  config: Descriptor,
  layers: readonly Layer[],
  annotations: Readonly<Record<string, string>>,
): object {
  return {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config,
    layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
    annotations,
  };
}

/** The list of the same image for each architecture. */
export function indexFor(
  manifests: ReadonlyMap<Architecture, Descriptor>,
  annotations: Readonly<Record<string, string>>,
): object {
  return {
    schemaVersion: 2,
    mediaType: INDEX_TYPE,
    manifests: [...manifests].map(([architecture, manifest]) => ({
      ...manifest,
      platform: {
        architecture,
        os: 'linux',
        ...(architecture === 'arm64' && { variant: 'v8' }),
      },
    })),
    annotations,
  };
}
