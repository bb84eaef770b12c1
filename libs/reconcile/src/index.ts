export { type Clock, systemClock } from './clock.ts';
export { createRunner, type Runner, type RunnerOptions } from './runner.ts';
