import { openSync, unlinkSync, writeFileSync } from 'node:fs';

let files = 0;

/**
 * Puts bytes into a file without a name and returns a descriptor to read them from. It serves as a
 * standard input because Node.js's pipes are sockets, which programs that open /dev/stdin (`nft -f
 * -`) cannot open.
 */
export function namelessFile(content: Uint8Array): number {
  files += 1;
  const path = `/run/lab/stdin-${files}`;
  writeFileSync(path, content);
  const descriptor = openSync(path, 'r');
  unlinkSync(path);
  return descriptor;
}
