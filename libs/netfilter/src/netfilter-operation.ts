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

/** Makes our nftables tables anew, with the elements of their sets, in one transaction. */
export interface NftRulesOperation {
  readonly op: 'nft-rules';
  /** The egress IP of each SNAT id, ordered by id. */
  readonly snatIds: readonly (readonly [number, string])[];
  readonly tunnelPort: number;
  /** Marks an unfinished repair: connections that damaged rules let pass may still exist. */
  readonly unrepaired: boolean;
}

/** The operations that only one of the backends understands. */
export type BackendOperation = IptablesOperation | NftRulesOperation;

/** The operations that this library applies. */
export type NetfilterOperation = UpdateSets | BackendOperation;
