export { applyOperation } from './apply-operation.ts';
export { type Run, runPlan, type Subject } from './run-plan.ts';
export { type Outcome, send, type Shot } from './send.ts';
export { type Connection, emptyState, emptyWorld, type World } from './world.ts';
