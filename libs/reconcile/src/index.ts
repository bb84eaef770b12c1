export { type Clock, createTimer, systemClock, type Timer } from './clock.ts';
export { createRunner, type Runner } from './runner.ts';
