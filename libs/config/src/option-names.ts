/** The flag of the option `name`. */
export function flagOf(name: string): string {
  return `--${words(name).join('-')}`;
}

/** The environment variable of the option `name`. */
export function variableOf(prefix: string, name: string): string {
  return [prefix, ...words(name)].join('_').toUpperCase();
}

function words(name: string): string[] {
  return name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
}
