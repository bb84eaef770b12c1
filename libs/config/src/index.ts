export {
  durationMs,
  flag,
  integer,
  listOf,
  oneOf,
  text,
  type ConfigOf,
  type Option,
  type OptionTable,
  type OptionType,
} from './options.ts';
export { ConfigError, parseConfig } from './parse-config.ts';
export { readCommandLine, type CommandLine } from './read-command-line.ts';
export { renderOptions } from './render-options.ts';
