/** One entry of a cpio archive. Paths are relative to the archive's root. */
export type CpioEntry =
  | { readonly kind: 'directory'; readonly path: string }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly mode: number;
      readonly content: Uint8Array;
    };

const fileTypeBits = { directory: 0o040000, file: 0o100000 } as const;
const alignment = 4;

/**
 * An archive in cpio's "newc" format, which the Linux kernel unpacks as its first file system.
 * Archives may be concatenated. Format: the kernel's
 * Documentation/driver-api/early-userspace/buffer-format.rst.
 */
export function cpioOf(entries: readonly CpioEntry[]): Buffer {
  const blocks = entries.map((entry, index) => block(entry, index + 1));
  return Buffer.concat([
    ...blocks,
    block({ kind: 'file', path: 'TRAILER!!!', mode: 0, content: new Uint8Array() }, 0),
  ]);
}

function block(entry: CpioEntry, inode: number): Buffer {
  const content = entry.kind === 'file' ? entry.content : new Uint8Array();
  const mode = fileTypeBits[entry.kind] | (entry.kind === 'file' ? entry.mode : 0o755);
  const name = Buffer.from(`${entry.path}\0`, 'utf8');
  const links = entry.kind === 'directory' ? 2 : 1;
  // ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor,
  // namesize, check
  const fields = [inode, mode, 0, 0, links, 0, content.length, 0, 0, 0, 0, name.length, 0];
  const header = Buffer.from(
    `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`,
    'ascii',
  );
  return Buffer.concat([padded(Buffer.concat([header, name])), padded(content)]);
}

function padded(data: Uint8Array): Buffer {
  return Buffer.concat([data, Buffer.alloc((alignment - (data.length % alignment)) % alignment)]);
}
