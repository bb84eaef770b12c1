import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import type { Descriptor } from './descriptor.ts';
import { blobsOf } from './layout.ts';

/** A layer in a layout. */
export interface Layer extends Descriptor {
  /** The digest of the uncompressed layer. */
  readonly diffId: string;
}

/**
 * Writes a folder as a layer. Equal folders give equal layers. Names are sorted, times are 0, the
 * owner is root, and modes do not depend on the umask of the builder.
 * @param layout the folder of the layout
 */
export async function writeLayer(folder: string, layout: string): Promise<Layer> {
  const names = (await readdir(folder)).sort();
  const tar = spawn('tar', [...TAR, '--directory', folder, '--', ...names]);
  // Not zlib of Node.js: its output depends on the processor.
  const gzip = spawn('gzip', ['--no-name', '-6']);
  const errors = [tar, gzip].map(({ stderr }) => stderr.setEncoding('utf8'));
  const said = errors.map(collected);
  const uncompressed = hashing();
  const compressed = hashing();
  const file = join(blobsOf(layout), `.${randomUUID()}`);
  await Promise.all([
    pipeline(tar.stdout, uncompressed.stream, gzip.stdin),
    pipeline(gzip.stdout, compressed.stream, createWriteStream(file)),
    ...errors.map((stream) => finished(stream)),
    succeeded(tar, 'tar'),
    succeeded(gzip, 'gzip'),
  ]).catch((cause: unknown) => {
    const output = said.map((text) => text()).join('');
    throw new Error(`the layer of ${folder} could not be written: ${output}`, { cause });
  });
  const hash = compressed.digest();
  await rename(file, join(blobsOf(layout), hash));
  return {
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    digest: `sha256:${hash}`,
    size: (await stat(join(blobsOf(layout), hash))).size,
    diffId: `sha256:${uncompressed.digest()}`,
  };
}

const TAR = [
  '--create',
  '--format=gnu',
  '--sort=name',
  '--mtime=@0',
  '--owner=0',
  '--group=0',
  '--numeric-owner',
  '--mode=u=rwX,go=rX',
];

function hashing(): { readonly stream: Transform; readonly digest: () => string } {
  const hash = createHash('sha256');
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return { stream, digest: () => hash.digest('hex') };
}

function collected(stream: Readable): () => string {
  let text = '';
  stream.on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

function succeeded(child: ReturnType<typeof spawn>, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      if (status === 0) {
        resolve();
      } else {
        reject(new Error(`${name} ended with status ${String(status)}`));
      }
    });
  });
}
