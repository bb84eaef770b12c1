export { CommandError } from './command-error.ts';
export { runCommand, type CommandOutput, type RunCommand, type RunCommandOptions } from './run-command.ts';
