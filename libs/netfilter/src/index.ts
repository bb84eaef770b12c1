export { applyNetfilter, type NetfilterOperation } from './apply-netfilter.ts';
export type { NetfilterNames } from './netfilter-names.ts';
export { observeIpsets } from './observe-ipsets.ts';
export { observeIptables } from './observe-iptables.ts';
