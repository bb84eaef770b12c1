import type { Option, OptionTable } from './options.ts';
import { flagOf, variableOf } from './options.ts';

/** The documentation of the options: a Markdown table, its columns aligned. */
export function renderOptions(table: OptionTable, envPrefix: string): string {
  return renderTable([
    ['flag', 'environment variable', 'value', 'default', 'meaning'],
    ...Object.entries(table).map(([name, option]) => [
      `\`${flagOf(name)}\``,
      `\`${variableOf(envPrefix, name)}\``,
      option.type.expects,
      defaultCellOf(option),
      option.description,
    ]),
  ]);
}

/** The text of `--help`: each option with its variable, value, default and meaning. */
export function renderHelp(table: OptionTable, envPrefix: string): string {
  const lines = Object.entries(table).map(([name, option]) => {
    const value = defaultOf(option);
    const otherwise = value === undefined ? '; required' : value === '' ? '' : `; default ${value}`;
    return `${flagOf(name)} (${variableOf(envPrefix, name)}): ${option.type.expects}${otherwise}\n    ${option.description}\n`;
  });
  return [
    'Options, each a flag or an environment variable; the flag wins.\n',
    ...lines,
    '-h, --help\n    Print this text and exit.\n',
    '--version\n    Print the version and exit.\n',
  ].join('\n');
}

/** A Markdown table with aligned columns; the first row is the header. Ends with a newline. */
export function renderTable(rows: readonly (readonly string[])[]): string {
  const [header = [], ...body] = rows;
  const widths = header.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lineOf = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  return [header, widths.map((width) => '-'.repeat(width)), ...body].map(lineOf).join('');
}

function defaultCellOf(option: Option<unknown>): string {
  const value = defaultOf(option);
  return value === undefined ? 'required' : value === '' ? '' : `\`${value}\``;
}

/**
 * The default as the text that sets it: empty for the empty default, undefined when the option is
 * required.
 */
function defaultOf({ type, default: value }: Option<unknown>): string | undefined {
  return value === undefined ? undefined : (type.print ?? String)(value);
}
