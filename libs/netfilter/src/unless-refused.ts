import { CommandError } from '@sallyport/command';

/** iptables(8) ends so when it does not get its lock, or memory. */
const RESOURCE_PROBLEM = 4;

/**
 * The answer; undefined when a program is not installed, or refuses. Rejects for any other failure.
 * A program that was killed, ran out of time or did not get its lock proves nothing.
 */
export async function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isRefusal(error)) {
      return undefined;
    }
    throw error;
  }
}

/** Whether a program is not installed, or has said no. */
export function isRefusal(error: unknown): error is CommandError {
  if (!(error instanceof CommandError)) {
    return false;
  }
  const { exitStatus, cause } = error;
  const isMissing = (cause as { readonly code?: unknown } | undefined)?.code === 'ENOENT';
  return isMissing || (exitStatus !== null && exitStatus !== RESOURCE_PROBLEM);
}
