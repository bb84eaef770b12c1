import type { RunCommand } from '@sallyport/command';
import { CommandError } from '@sallyport/command';
import type { IpsetState } from '@sallyport/dataplane';
import type { NetfilterNames } from './netfilter-names.ts';
import { parsePodSet, parseSkipSet } from './parse-ipset.ts';

/**
 * Reads back our two sets. Rejects with CommandError when ipset fails for another reason than that
 * a set does not exist.
 */
export async function observeIpsets(run: RunCommand, names: NetfilterNames): Promise<IpsetState> {
  const [pods, skip] = await Promise.all([saveSet(run, names.podSet), saveSet(run, names.skipSet)]);
  return {
    ...(pods === undefined ? {} : { pods: parsePodSet(pods) }),
    ...(skip === undefined ? {} : { skip: parseSkipSet(skip) }),
  };
}

async function saveSet(run: RunCommand, name: string): Promise<string | undefined> {
  try {
    return (await run(['ipset', 'save', name])).stdout;
  } catch (error) {
    if (
      error instanceof CommandError &&
      error.stderr.includes('The set with the given name does not exist')
    ) {
      return undefined;
    }
    throw error;
  }
}
