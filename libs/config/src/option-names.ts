const words = (name: string): string[] => name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());

/** The flag of the option `name`. */
export const flagOf = (name: string): string => `--${words(name).join('-')}`;

/** The environment variable of the option `name`. */
export const variableOf = (prefix: string, name: string): string => [prefix, ...words(name)].join('_').toUpperCase();
