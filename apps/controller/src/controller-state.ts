import type { Decision } from './decide/decide.ts';
import type { NodeReports } from './holders/node-reports.ts';
import type { Leaving } from './publish/leaving.ts';
import type { Stores } from './publish/stores.ts';
import type { ProgressInput } from './status/node-progress.ts';

/** What the parts of a running controller share. */
export interface ControllerState {
  readonly stores: Stores;
  readonly reports: NodeReports;
  /**
   * The last one; undefined until everything has been seen once. What it says has been published.
   */
  decision: Decision | undefined;
  leaving: Leaving;
  /** See HoldersInput. */
  settling: boolean;
}

/** How far the Nodes are, as of now. */
export function progressInputOf({
  stores,
  reports,
  leaving,
  settling,
}: ControllerState): ProgressInput {
  return {
    stores,
    reports: reports.all,
    leaving,
    settling,
  };
}
