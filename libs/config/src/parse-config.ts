import type { ConfigOf, OptionTable } from './options.ts';
import { flagOf, variableOf } from './options.ts';

/** Every fault of the command line and the environment at once, one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG_INVALID';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

/** The command line and the environment of a program. */
export interface ConfigInput {
  /** The arguments, without Node.js and the script. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The first word of the program's environment variables. */
  readonly envPrefix: string;
}

/**
 * The frozen configuration from flags, else environment variables, else defaults.
 * Throws {@link ConfigError} with every fault.
 */
export function parseConfig<Table extends OptionTable>(
  table: Table,
  input: ConfigInput,
): ConfigOf<Table> {
  const faults: string[] = [];
  const names = Object.keys(table);
  const flags = readFlags(input.argv, new Set(names.map(flagOf)), faults);
  const config: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(table)) {
    const variable = variableOf(input.envPrefix, name);
    const fromFlag = flags.get(flagOf(name));
    const given = fromFlag ?? input.env[variable];
    if (given === undefined) {
      if (option.default === undefined) {
        faults.push(
          `${flagOf(name)} is missing: give the flag or set ${variable} (${option.description})`,
        );
      }
      config[name] = option.default;
      continue;
    }
    const value = option.type.parse(given);
    if (value === undefined) {
      const source = fromFlag === undefined ? variable : flagOf(name);
      faults.push(`${source}: ${JSON.stringify(given)} is not ${option.type.expects}`);
    }
    config[name] = value;
  }
  if (faults.length > 0) {
    throw new ConfigError(faults);
  }
  return Object.freeze(config) as ConfigOf<Table>;
}

/**
 * Reads `--name=value`, `--name value` and `--name` (true). Of a repeated flag, the last value
 * counts.
 */
function readFlags(
  argv: readonly string[],
  known: ReadonlySet<string>,
  faults: string[],
): Map<string, string> {
  const given = new Map<string, string>();
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    const [, name = '', value] = /^(--[^=]+)(?:=(.*))?$/s.exec(argument) ?? [];
    if (!known.has(name)) {
      faults.push(`${argument}: unknown argument; known flags: ${[...known].join(', ')}`);
      continue;
    }
    const next = argv[index + 1];
    if (value !== undefined) {
      given.set(name, value);
    } else if (next === undefined || next.startsWith('--')) {
      given.set(name, 'true');
    } else {
      given.set(name, next);
      index += 1;
    }
  }
  return given;
}
