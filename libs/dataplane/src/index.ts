export * from './constants.ts';
export { diffCutOff, diffDataplane } from './diff-dataplane.ts';
export { defaultMarks, hex, markFaults, MAX_SNAT_IDS, type Marks } from './marks.ts';
export type { NodeFacts } from './node-facts.ts';
export * from './operation.ts';
export { planDataplane, type Plan, type PlanInput } from './plan-dataplane.ts';
export type { PlanFault } from './plan-fault.ts';
export * from './state.ts';
