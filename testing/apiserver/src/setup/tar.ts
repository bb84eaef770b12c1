const BLOCK = 512;

/**
 * One file of an uncompressed tar archive (ustar, names of up to 100 bytes). Throws when it is not
 * there.
 */
export function fileInTar(archive: Uint8Array, name: string): Uint8Array {
  let at = 0;
  while (at + BLOCK <= archive.length) {
    const entry = textAt(archive, at, 100);
    if (entry === '') {
      break;
    }
    const size = parseInt(textAt(archive, at + 124, 12), 8);
    if (entry === name) {
      return archive.subarray(at + BLOCK, at + BLOCK + size);
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  throw new Error(`the tar archive has no file ${name}`);
}

function textAt(archive: Uint8Array, at: number, length: number): string {
  const bytes = archive.subarray(at, at + length);
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end)).trim();
}
