import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Descriptor } from './descriptor.ts';

/** Where the blobs of a layout are. */
export function blobsOf(layout: string): string {
  return join(layout, 'blobs/sha256');
}

/** Makes an empty layout (OCI image specification, image-layout.md). */
export async function createLayout(folder: string): Promise<void> {
  await mkdir(blobsOf(folder), { recursive: true });
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
}

/** Writes a JSON document as a blob. */
export async function writeJsonBlob(
  layout: string,
  mediaType: string,
  document: object,
): Promise<Descriptor> {
  const content = JSON.stringify(document);
  const hash = createHash('sha256').update(content).digest('hex');
  await writeFile(join(blobsOf(layout), hash), content);
  return { mediaType, digest: `sha256:${hash}`, size: Buffer.byteLength(content) };
}

/** Completes a layout: it has one image, with these names. */
export async function writeIndex(
  folder: string,
  image: Descriptor,
  annotations: Readonly<Record<string, string>>,
): Promise<void> {
  const index = {
    schemaVersion: 2,
    mediaType: INDEX_TYPE,
    manifests: [{ ...image, annotations }],
  };
  await writeFile(join(folder, 'index.json'), JSON.stringify(index));
}

/** The media type of an image of several architectures. */
export const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
