import type { RunCommand } from '@sallyport/command';
import type { Marks } from '@sallyport/dataplane';
import { applyNetfilter } from './apply-netfilter.ts';
import { findIptablesRival } from './find-iptables-rival.ts';
import { listNatChains } from './nftables/list-nat-chains.ts';
import { observeIpsets, observeIptables } from './observe-netfilter.ts';
import type { Netfilter } from './open-netfilter.ts';
import { readNetfilter } from './read-netfilter.ts';

/** Our part of netfilter by iptables and ipset. Keeps nothing open. */
export function openIptables(run: RunCommand, marks: Marks): Netfilter {
  return {
    async observe() {
      const [sets, rules, rival] = await Promise.all([
        observeIpsets(run),
        observeIptables(run),
        findIptablesRival(run, listNatChains),
      ]);
      return {
        ...readNetfilter({ sets, rules }, marks),
        ...(rival === undefined ? {} : { rival }),
      };
    },
    apply: (operation) => applyNetfilter(run, marks, operation),
  };
}
