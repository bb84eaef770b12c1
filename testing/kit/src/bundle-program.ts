import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { workspaceRoot } from './workspace-root.ts';

/**
 * Bundles a TypeScript program of the workspace into one file that Node.js runs, through
 * tools/bundle.mjs. Throws with the errors of esbuild.
 * @param entryPoint relative to the workspace's folder
 * @param outfile relative to the workspace's folder, or absolute
 */
export async function bundleProgram(entryPoint: string, outfile: string): Promise<void> {
  await promisify(execFile)(process.execPath, ['tools/bundle.mjs', entryPoint, outfile], {
    cwd: workspaceRoot(),
  });
}
