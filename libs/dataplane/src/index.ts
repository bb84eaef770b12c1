export * from './constants.ts';
export { diffCutOff, diffDataplane } from './diff-dataplane.ts';
export { defaultMarks, hex, markFaults, type Marks, MAX_SNAT_IDS } from './marks.ts';
export type { NodeFacts } from './node-facts.ts';
export * from './operation.ts';
export { type Plan, planDataplane, type PlanInput } from './plan-dataplane.ts';
export type { PlanFault } from './plan-fault.ts';
export * from './state.ts';
