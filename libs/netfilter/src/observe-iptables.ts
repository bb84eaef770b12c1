import type { RunCommand } from '@sallyport/command';
import type { IptablesState } from './netfilter-state.ts';
import type { IptablesRules } from './parse-iptables.ts';
import { ownIptables, parseIptablesRules } from './parse-iptables.ts';

/** Reads back our chains and the jumps to them. */
export async function observeIptables(run: RunCommand): Promise<IptablesState> {
  return ownIptables(await saveIptables(run));
}

/** All rules of the Node, also those of other software. Rejects when `iptables-save` fails. */
export async function saveIptables(run: RunCommand): Promise<IptablesRules> {
  return parseIptablesRules((await run(['iptables-save'])).stdout);
}
