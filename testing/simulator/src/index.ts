export { applyOperation } from './apply-operation.ts';
export { type BackendOperation, emptyWorld, observe, type Operation, type World } from './world.ts';
