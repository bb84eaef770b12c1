import type { ProgramDependencies } from '@sallyport/program';
import type { AddressWatch, WatchAddressesOptions } from '@sallyport/rtnetlink';
import type { AgentConfig } from './config.ts';
import type { Dataplane } from './dataplane.ts';

/** Everything that the agent gets from outside: `main.ts` gives the real things. */
export interface AgentDependencies extends ProgramDependencies<AgentConfig> {
  readonly dataplane: Dataplane;
  readonly watchAddresses: (options: WatchAddressesOptions) => AddressWatch;
  /** Prints one line of a dry run. */
  readonly print: (line: string) => void;
}
