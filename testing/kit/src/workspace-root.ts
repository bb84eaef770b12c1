import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of the workspace (the one with nx.json), seen from this file or from the bundle that
 * contains it. Throws outside of a checkout.
 */
export function workspaceRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'nx.json'))) {
      return folder;
    }
    if (folder === dirname(folder)) {
      throw new Error(`no folder above ${start} has an nx.json: tests run in a checkout only`);
    }
  }
}
