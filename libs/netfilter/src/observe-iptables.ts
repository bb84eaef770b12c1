import type { RunCommand } from '@sallyport/command';
import type { IptablesState } from '@sallyport/dataplane';
import type { NetfilterNames } from './netfilter-names.ts';
import { ownIptables, parseIptablesRules, type IptablesRules } from './parse-iptables.ts';

export const saveIptables = async (run: RunCommand): Promise<IptablesRules> =>
  parseIptablesRules((await run(['iptables-save'])).stdout);

/** Reads back our chains and the jumps to them. */
export const observeIptables = async (run: RunCommand, { chainPrefix }: NetfilterNames): Promise<IptablesState> =>
  ownIptables(await saveIptables(run), chainPrefix);
