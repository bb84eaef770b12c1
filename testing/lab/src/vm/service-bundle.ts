import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleProgram, workspaceRoot } from '@sallyport/kit';

/** The guest's service (src/guest/main.ts) as one file that the guest's Node.js runs. */
export async function serviceBundle(): Promise<Uint8Array> {
  const file = join(workspaceRoot(), 'node_modules/.cache/sallyport/guest-service.mjs');
  await bundleProgram('testing/lab/src/guest/main.ts', file);
  return readFile(file);
}
