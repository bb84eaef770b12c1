export { CommandError } from './command-error.ts';
export { type RunCommand, runCommand, type RunCommandOptions } from './run-command.ts';
