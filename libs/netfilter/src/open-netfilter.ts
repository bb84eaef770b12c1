import type { RunCommand } from '@sallyport/command';
import type { Marks } from '@sallyport/dataplane';
import { applyNetfilter } from './apply-netfilter.ts';
import type { NetfilterOperation } from './netfilter-operation.ts';
import type { IpsetState, IptablesState } from './netfilter-state.ts';
import { observeIpsets, observeIptables } from './observe-netfilter.ts';

/**
 * Our part of netfilter in one network namespace, by iptables and ipset. All calls reject with
 * CommandError.
 */
export interface Netfilter {
  observeSets(): Promise<IpsetState>;
  observeRules(): Promise<IptablesState>;
  /** Applies one operation; doing it again is no error. */
  apply(operation: NetfilterOperation): Promise<void>;
}

/** Keeps nothing open: each call runs `ipset`, iptables or `conntrack`. */
export function openNetfilter(run: RunCommand, marks: Marks): Netfilter {
  return {
    observeSets: () => observeIpsets(run),
    observeRules: () => observeIptables(run),
    apply: (operation) => applyNetfilter(run, marks, operation),
  };
}
