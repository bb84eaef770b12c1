export { systemClock, type Clock } from './clock.ts';
export { createRunner, type Runner, type RunnerOptions } from './runner.ts';
