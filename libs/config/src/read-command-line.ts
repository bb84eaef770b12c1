import type { ConfigOf, OptionTable } from './options.ts';
import type { ConfigInput } from './parse-config.ts';
import { ConfigError, parseConfig } from './parse-config.ts';
import { renderHelp } from './render-options.ts';

/** What a program does first: it runs with a configuration, or it says something and ends. */
export type CommandLine<Config> =
  | { readonly kind: 'run'; readonly config: Config }
  /** Status 0 and a text for stdout, or 2 and one for stderr. */
  | { readonly kind: 'end'; readonly exitStatus: 0 | 2; readonly text: string };

/**
 * Help when `--help` is there, else the configuration, else every fault of it. `faultsOf` finds
 * those that no option has by itself.
 */
export function readCommandLine<Table extends OptionTable>(
  table: Table,
  input: ConfigInput,
  faultsOf: (config: ConfigOf<Table>) => readonly string[] = () => [],
): CommandLine<ConfigOf<Table>> {
  if (input.argv.includes('--help')) {
    return { kind: 'end', exitStatus: 0, text: renderHelp(table, input.envPrefix) };
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
