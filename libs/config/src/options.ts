/** The kind of value that an option has, and its text. */
export interface OptionType<T> {
  /** The form of a valid text, for messages and documentation. */
  readonly expects: string;
  /** The value of a text; undefined when the text is not valid. */
  parse(text: string): T | undefined;
  /** The inverse of `parse`; absent where String() is that. */
  print?(value: T): string;
}

/** One flag, and the environment variable that replaces it. */
export interface Option<T> {
  readonly type: OptionType<T>;
  /** One sentence for the documentation. */
  readonly description: string;
  /** The value when the option is not given; an option without one is required. */
  readonly default?: T;
}

/**
 * The options of a program by their name in camelCase: the flag is `--kebab-case`, the variable
 * `PREFIX_UPPER_CASE`.
 */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** The values of all options of a table. */
export type ConfigOf<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer T> ? T : never;
};

/** Any text but the empty one. */
export const text: OptionType<string> = {
  expects: 'a text that is not empty',
  parse: (value) => (value === '' ? undefined : value),
};

/** `true` or `false`; the flag without a value is true. */
export const flag: OptionType<boolean> = {
  expects: 'true or false',
  parse: (value) => (value === 'true' ? true : value === 'false' ? false : undefined),
};

const unitMs: Readonly<Record<string, number>> = { m: 60_000, s: 1000, ms: 1 };

/** A whole number from `min` to `max`. */
export function integer(min: number, max: number): OptionType<number> {
  return {
    expects: `a whole number from ${min} to ${max}`,
    parse: (value) => {
      const parsed = Number(value);
      return /^-?\d+$/.test(value) && parsed >= min && parsed <= max ? parsed : undefined;
    },
  };
}

/**
 * A length of time such as `250ms`, `10s` or `5m`, from `min` to `max`; the value and the bounds
 * are in milliseconds.
 */
export function durationMs(min: number, max: number): OptionType<number> {
  return {
    expects: `a duration in ms, s or m, from ${printDuration(min)} to ${printDuration(max)}`,
    parse: (value) => {
      const [, length, unit = ''] = /^(\d+)(ms|s|m)$/.exec(value) ?? [];
      const parsed = Number(length) * (unitMs[unit] ?? NaN);
      return parsed >= min && parsed <= max ? parsed : undefined;
    },
    print: printDuration,
  };
}

/** One of a few words. */
export function oneOf<const T extends string>(...values: readonly T[]): OptionType<T> {
  return {
    expects: `one of ${values.join(', ')}`,
    parse: (value) => values.find((candidate) => candidate === value),
  };
}

/** A comma-separated list; empty text is the empty list. */
export function listOf<T>(item: OptionType<T>): OptionType<readonly T[]> {
  return {
    expects: `a comma-separated list, each ${item.expects}`,
    parse: (value) => {
      const items = value === '' ? [] : value.split(',').map((part) => item.parse(part.trim()));
      return items.every((part) => part !== undefined) ? items : undefined;
    },
  };
}

/** The flag of the option `name`, which is in camelCase. */
export function flagOf(name: string): string {
  return `--${words(name).join('-')}`;
}

/** The environment variable of the option `name`. */
export function variableOf(prefix: string, name: string): string {
  return [prefix, ...words(name)].join('_').toUpperCase();
}

function printDuration(value: number): string {
  const [unit = 'ms', length = 1] =
    Object.entries(unitMs).find(([, ms]) => value >= ms && value % ms === 0) ?? [];
  return `${value / length}${unit}`;
}

function words(name: string): string[] {
  return name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
}
