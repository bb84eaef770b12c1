import type { UpdateSets } from '@sallyport/dataplane';
import type { Chain, Jump } from './netfilter-state.ts';

/**
 * The whole content of our chains in every table, with the jumps to them first in the built-in
 * chains. It is all or none table by table, in an order in which no packet is marked for a rule
 * that is not there yet.
 */
export interface IptablesOperation {
  readonly op: 'iptables-restore';
  readonly chains: readonly Chain[];
  readonly jumps: readonly Omit<Jump, 'first'>[];
}

/** The operations that this library applies. */
export type NetfilterOperation = UpdateSets | IptablesOperation;
