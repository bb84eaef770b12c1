import type { RunCommand } from '@sallyport/command';
import { CommandError } from '@sallyport/command';
import { INTERNAL_SET, NODES_SET, PODS_SET } from '@sallyport/dataplane';
import type { IpsetState, IptablesState } from './netfilter-state.ts';
import { parseInternalSet, parseNodeSet, parsePodSet } from './parse-ipset.ts';
import type { IptablesRules } from './parse-iptables.ts';
import { ownIptables, parseIptablesRules } from './parse-iptables.ts';

/** Reads back our three sets. Rejects with CommandError, but not for a set that does not exist. */
export async function observeIpsets(run: RunCommand): Promise<IpsetState> {
  const [pods, internal, nodes] = await Promise.all(
    [PODS_SET, INTERNAL_SET, NODES_SET].map((name) => saveSet(run, name)),
  );
  return {
    ...(pods === undefined ? {} : { pods: parsePodSet(pods) }),
    ...(internal === undefined ? {} : { internal: parseInternalSet(internal) }),
    ...(nodes === undefined ? {} : { nodes: parseNodeSet(nodes) }),
  };
}

/** Reads back our chains and the jumps to them. */
export async function observeIptables(run: RunCommand): Promise<IptablesState> {
  return ownIptables(await saveIptables(run));
}

/** All rules of the Node, also those of other software. Rejects when `iptables-save` fails. */
export async function saveIptables(run: RunCommand): Promise<IptablesRules> {
  return parseIptablesRules((await run(['iptables-save'])).stdout);
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
