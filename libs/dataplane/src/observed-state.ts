import type { DesiredBridge, DesiredNetfilter } from './desired-state.ts';
import type { ObservedPath } from './egress-path.ts';
import type { ObservedRouting } from './routing-state.ts';

/**
 * Whether the observed rules have let nothing leave with a wrong address, so that the source
 * addresses of open connections are right. `damaged`: a rule is missing or another one stands
 * before it. `unrepaired`: the rules are new, the connections that damaged ones let pass are not
 * deleted yet.
 */
export type RulesHealth = 'intact' | 'damaged' | 'unrepaired';

/**
 * The packet filter of the Node as a backend read it. The backend alone knows its own text, so it
 * judges the health and finds the differences itself.
 * @typeParam Op the operations of the backend.
 */
export interface ObservedNetfilter<Op> {
  /** By the address of the Pod; absent when there is no such set. */
  readonly paths?: ReadonlyMap<string, ObservedPath>;
  /** As in {@link DesiredNetfilter}; absent when there is no such set. */
  readonly internal?: ReadonlySet<string>;
  /** As in {@link DesiredNetfilter}; absent when there is no such set. */
  readonly nodes?: ReadonlySet<string>;
  /** The egress IP of each SNAT id that a rule translates. */
  readonly snatIds: ReadonlyMap<number, string>;
  readonly health: RulesHealth;
  /** A chain of other software that translates before our rules; absent when there is none. */
  readonly rival?: string;
  /** Whether packets are dropped that a rival translates. Otherwise they leave. */
  readonly dropsWrongSources: boolean;
  /** Packets dropped for a wrong source since the rules were made; absent where nothing counts. */
  readonly wrongSourcesDropped?: number;
  /** Compares the rules with the desired ones; the sets are not its business. Pure. */
  diffRules(desired: DesiredNetfilter): RulesDiff<Op>;
}

/** Two parts, since other steps of the plan stand between them. */
export interface RulesDiff<Op> {
  /** Adds the desired rules before the observed ones, before any packet relies on them. */
  readonly add: readonly Op[];
  /** Removes the others, when no packet relies on them any more. */
  readonly remove: readonly Op[];
}

/**
 * The bridge of the Node as the adapter of the switch read it.
 * @typeParam Op the operations of the adapter.
 */
export interface ObservedBridge<Op> {
  /** @param hasGatewayPort whether the kernel has the internal port with the right MAC. Pure. */
  diff(desired: DesiredBridge, hasGatewayPort: boolean): BridgeDiff<Op>;
}

/** Three parts, since other steps of the plan stand between them. */
export interface BridgeDiff<Op> {
  /** Makes the bridge and its ports. */
  readonly ports: readonly Op[];
  /** Adds flows and groups, before any packet relies on them. */
  readonly add: readonly Op[];
  /** Removes flows and groups, when no packet relies on them any more. */
  readonly remove: readonly Op[];
}

/** Everything of ours on one Node, as it was read back. */
export interface ObservedState<Op> {
  readonly netfilter: ObservedNetfilter<Op>;
  readonly bridge: ObservedBridge<Op>;
  readonly routing: ObservedRouting;
}
