export type { IptablesOperation, NetfilterOperation } from './netfilter-operation.ts';
export type {
  Chain,
  IpsetState,
  IptablesState,
  IptablesTable,
  Jump,
  NetfilterState,
} from './netfilter-state.ts';
export { type Netfilter, openNetfilter } from './open-netfilter.ts';
export { markOf } from './path-marks.ts';
export { readNetfilter } from './read-netfilter.ts';
export { renderRules, UNREPAIRED_RULE } from './render-rules.ts';
