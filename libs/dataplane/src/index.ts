export { blockAll } from './block-all.ts';
export * from './constants.ts';
export type { DesiredBridge, DesiredNetfilter, DesiredState } from './desired-state.ts';
export {
  blockingSteps,
  diffSteps,
  operationsOf,
  type Step,
  stepsAfterBlocking,
} from './diff-steps.ts';
export type { EgressPath, ObservedPath } from './egress-path.ts';
export { tablesFor } from './egress-rules.ts';
export {
  defaultMarks,
  hex,
  markFaults,
  type Marks,
  MAX_SNAT_IDS,
  packetMask,
  snatIdOf,
  snatMark,
  stateMask,
} from './marks.ts';
export { type InterfaceAddress, reportableAddresses, uplinkMtu } from './node-addresses.ts';
export type {
  BridgeDiff,
  ObservedBridge,
  ObservedNetfilter,
  ObservedState,
  RulesDiff,
  RulesHealth,
} from './observed-state.ts';
export * from './operation.ts';
export type { NodeFacts, Plan, PlanFault, PlanInput } from './plan.ts';
export { planDataplane } from './plan-dataplane.ts';
export * from './routing-state.ts';
