export { applyOperation } from './apply-operation.ts';
export { emptyWorld, observe, type World } from './world.ts';
