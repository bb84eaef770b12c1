import type { ConfigOf, OptionTable } from './options.ts';
import type { ConfigInput } from './parse-config.ts';
import { ConfigError, parseConfig } from './parse-config.ts';
import { renderHelp } from './render-options.ts';

/** The command line, the environment, and the answer to `--version`. */
export interface CommandLineInput extends ConfigInput {
  readonly version: string;
}

/** The first thing that a program does: run with a configuration, or print a text and end. */
export type CommandLine<Config> =
  | { readonly kind: 'run'; readonly config: Config }
  /** Status 0 and a text for stdout, or 2 and one for stderr. */
  | { readonly kind: 'end'; readonly exitStatus: 0 | 2; readonly text: string };

/**
 * The answer to `--help` or `--version`, else the configuration, else all its faults.
 *
 * @param faultsOf finds faults that concern more than one option.
 */
export function readCommandLine<Table extends OptionTable>(
  table: Table,
  input: CommandLineInput,
  faultsOf: (config: ConfigOf<Table>) => readonly string[] = () => [],
): CommandLine<ConfigOf<Table>> {
  if (input.argv.includes('--help') || input.argv.includes('-h')) {
    return { kind: 'end', exitStatus: 0, text: renderHelp(table, input.envPrefix) };
  }
  if (input.argv.includes('--version')) {
    return { kind: 'end', exitStatus: 0, text: `${input.version}\n` };
  }
  try {
    const config = parseConfig(table, input);
    const faults = faultsOf(config);
    if (faults.length > 0) {
      throw new ConfigError(faults);
    }
    return { kind: 'run', config };
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      throw error;
    }
    return { kind: 'end', exitStatus: 2, text: `${error.message}\n` };
  }
}
