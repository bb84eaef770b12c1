import { openSync, unlinkSync, writeFileSync } from 'node:fs';

let files = 0;

/**
 * Puts bytes into a file without a name and gives a descriptor to read them from. As a standard
 * input it is better than Node.js's pipes, which are sockets: programs that open /dev/stdin (`nft
 * -f -`) can't open a socket.
 */
export function namelessFile(content: Uint8Array): number {
  files += 1;
  const path = `/run/lab/stdin-${files}`;
  writeFileSync(path, content);
  const descriptor = openSync(path, 'r');
  unlinkSync(path);
  return descriptor;
}
