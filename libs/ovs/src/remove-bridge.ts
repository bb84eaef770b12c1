import type { RunCommand } from '@sallyport/command';
import { CommandError } from '@sallyport/command';
import { BRIDGE } from '@sallyport/dataplane';
import { KILL_AFTER, vsctl } from './ovs-tools.ts';

/**
 * Deletes our bridge with its ports and flows. A Node without Open vSwitch has none. Rejects with
 * CommandError when a database exists and does not answer.
 */
export async function removeBridge(run: RunCommand): Promise<void> {
  try {
    await run([...vsctl, '--if-exists', 'del-br', BRIDGE], KILL_AFTER);
  } catch (error) {
    if (!isAbsent(error)) {
      throw error;
    }
  }
}

function isAbsent(error: unknown): boolean {
  if (!(error instanceof CommandError)) {
    return false;
  }
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
  return code === 'ENOENT' || error.stderr.includes('(No such file or directory)');
}
