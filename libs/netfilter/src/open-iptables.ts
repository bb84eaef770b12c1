import type { RunCommand } from '@sallyport/command';
import { CommandError } from '@sallyport/command';
import type { Marks } from '@sallyport/dataplane';
import { applyNetfilter } from './apply-netfilter.ts';
import { parseNatChains } from './nftables/parse-nft.ts';
import { rivalOf } from './nftables/rival.ts';
import { observeIpsets, observeIptables } from './observe-netfilter.ts';
import type { Netfilter } from './open-netfilter.ts';
import { readNetfilter } from './read-netfilter.ts';

/** Of the NAT chain of iptables in POSTROUTING. */
const IPTABLES_NAT_PRIORITY = 100;

/** Our part of netfilter by iptables and ipset. Keeps nothing open. */
export function openIptables(run: RunCommand, marks: Marks): Netfilter {
  return {
    async observe() {
      const [sets, rules, rival] = await Promise.all([
        observeIpsets(run),
        observeIptables(run),
        findRival(run),
      ]);
      return {
        ...readNetfilter({ sets, rules }, marks),
        ...(rival === undefined ? {} : { rival }),
      };
    },
    apply: (operation) => applyNetfilter(run, marks, operation),
  };
}

/** A chain that translates before those of iptables; none on a Node without nft. */
async function findRival(run: RunCommand): Promise<string | undefined> {
  try {
    const { stdout } = await run(['nft', '-j', 'list', 'chains']);
    return rivalOf(parseNatChains(stdout), IPTABLES_NAT_PRIORITY);
  } catch (error) {
    if (error instanceof CommandError) {
      return undefined;
    }
    throw error;
  }
}
