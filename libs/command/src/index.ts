export { CommandError } from './command-error.ts';
export { keepRunning } from './keep-running.ts';
export { type RunCommand, runCommand, type RunCommandOptions } from './run-command.ts';
