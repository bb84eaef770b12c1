export { runPlan, type Run, type Subject } from './run-plan.ts';
export { applyOperation } from './apply-operation.ts';
export { send, type Outcome, type Shot } from './send.ts';
export { emptyState, emptyWorld, type Connection, type World } from './world.ts';
