export { eventsFor, type StatusEvent } from './events-for.ts';
export {
  hasApplied,
  nodeProgressFor,
  type ProgressInput,
  progressOf,
  type PublishedVersions,
} from './node-progress.ts';
export { PendingRemovals } from './pending-removals.ts';
export { planStatus } from './plan-status.ts';
