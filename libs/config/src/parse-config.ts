import leven from 'leven';
import type { ConfigOf, OptionTable, OptionType } from './options.ts';
import { flag, flagOf, variableOf } from './options.ts';

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
  const types = new Map(Object.entries(table).map(([name, { type }]) => [flagOf(name), type]));
  const flags = readFlags(input.argv, types, faults);
  const config: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(table)) {
    const variable = variableOf(input.envPrefix, name);
    const fromFlag = flags.get(flagOf(name));
    if (fromFlag === undefined && flags.has(flagOf(name))) {
      continue;
    }
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
      faults.push(
        `${source}: ${JSON.stringify(withoutCredentials(given))} is not ${option.type.expects}`,
      );
    }
    config[name] = value;
  }
  if (faults.length > 0) {
    throw new ConfigError(faults);
  }
  return Object.freeze(config) as ConfigOf<Table>;
}

/**
 * Reads `--name=value`, `--name value` and, for a flag of true or false, `--name`. Of a repeated
 * flag, the last value counts; it is undefined where a value is missing, which is a fault.
 */
function readFlags(
  argv: readonly string[],
  types: ReadonlyMap<string, OptionType<unknown>>,
  faults: string[],
): ReadonlyMap<string, string | undefined> {
  const given = new Map<string, string | undefined>();
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    const [, name = '', value] = /^(--[^=]+)(?:=(.*))?$/s.exec(argument) ?? [];
    const type = types.get(name);
    if (type === undefined) {
      faults.push(
        `${withoutCredentials(argument)}: unknown argument; ${hintFor(name, [...types.keys()])}`,
      );
      continue;
    }
    const next = argv[index + 1];
    if (value !== undefined) {
      given.set(name, value);
    } else if (next !== undefined && !next.startsWith('--')) {
      given.set(name, next);
      index += 1;
    } else if (type === flag) {
      given.set(name, 'true');
    } else {
      given.set(name, undefined);
      faults.push(`${name}: the value is missing; give ${type.expects}`);
    }
  }
  return given;
}

/** A URL such as `http://user:password@host` as `…@host`: errors end in logs. */
function withoutCredentials(value: string): string {
  return value.replace(/^.*@/s, '…@');
}

/** Two letters may be wrong in a short flag, and more in a long one. */
function hintFor(name: string, known: readonly string[]): string {
  const nearest = known
    .map((candidate) => ({ candidate, distance: leven(name, candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(2, candidate.length / 3))
    .sort((one, other) => one.distance - other.distance)[0];
  return nearest === undefined
    ? '--help lists all flags'
    : `the nearest flag is ${nearest.candidate}, and --help lists all`;
}
