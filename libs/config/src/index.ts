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
export { ConfigError, parseConfig, renderOptions } from './parse-config.ts';
