import type { RunCommand } from '@sallyport/command';
import type { IptablesState } from '@sallyport/dataplane';
import type { NetfilterNames } from './netfilter-names.ts';
import type { IptablesRules } from './parse-iptables.ts';
import { ownIptables, parseIptablesRules } from './parse-iptables.ts';

/** Reads back our chains and the jumps to them. */
export async function observeIptables(
  run: RunCommand,
  { chainPrefix }: NetfilterNames,
): Promise<IptablesState> {
  return ownIptables(await saveIptables(run), chainPrefix);
}

export async function saveIptables(run: RunCommand): Promise<IptablesRules> {
  return parseIptablesRules((await run(['iptables-save'])).stdout);
}
