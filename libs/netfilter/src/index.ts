export type { IptablesOperation } from './netfilter-operation.ts';
export type { IptablesState, IptablesTable, NetfilterState } from './netfilter-state.ts';
export { type Netfilter, openNetfilter } from './open-netfilter.ts';
export { markOf } from './path-marks.ts';
export { readNetfilter } from './read-netfilter.ts';
export { renderRules, UNREPAIRED_RULE } from './render-rules.ts';
export { type NftablesWatch, watchNftables } from './watch-nftables.ts';
