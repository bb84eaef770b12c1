export {
  type ConfigOf,
  durationMs,
  flag,
  flagOf,
  integer,
  listOf,
  oneOf,
  type OptionTable,
  type OptionType,
  text,
} from './options.ts';
export { ConfigError, parseConfig } from './parse-config.ts';
export { readCommandLine } from './read-command-line.ts';
export { renderOptions, renderTable } from './render-options.ts';
