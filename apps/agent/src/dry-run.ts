import { CommandError } from '@sallyport/command';
import type { ProgramDependencies } from '@sallyport/program';
import { StartError, untilAborted } from '@sallyport/program';
import type { AgentConfig } from './config.ts';
import type { AgentState } from './loop/agent-loop.ts';
import { AgentLoop } from './loop/agent-loop.ts';
import { createAgentMetrics } from './metrics.ts';
import type { Dataplane } from './pass/dataplane.ts';
import { createDryRunPass } from './pass/dataplane-pass.ts';
import type { WatchInputsDependencies } from './watch-inputs.ts';
import { watchInputs } from './watch-inputs.ts';

/** It needs no way to change the dataplane. */
export interface DryRunDependencies
  extends ProgramDependencies<AgentConfig>, WatchInputsDependencies {
  readonly dataplane: Pick<Dataplane, 'observe'>;
  /** Prints one line. */
  readonly print: (line: string) => void;
}

/** The agent that runs on this Node reports, and not its dry run. */
const silentReporter = { report: () => undefined, repeat: () => undefined };

/**
 * Prints the operations of one pass, applies none, and resolves with exit status 0. Rejects with
 * StartError when no pass succeeds in time or before it is stopped, or when a tool is missing. It
 * opens no port, so that it can run beside the agent of the Node.
 */
export async function dryRun(deps: DryRunDependencies): Promise<number> {
  const { config, dataplane, clock, stop, logger } = deps;
  const printed = new AbortController();
  const timeout = new AbortController();
  const hopeless = new AbortController();
  const pass = createDryRunPass(dataplane, deps.print);
  const loop = new AgentLoop({
    ...deps,
    async pass(input, onApplied) {
      const result = await pass(input, onApplied).catch((error: unknown) => {
        if (isMissingTool(error)) {
          hopeless.abort();
        }
        throw error;
      });
      for (const { egress, message } of result.faults) {
        logger.warn({ egress, fault: message }, 'the Node cannot realize a part');
      }
      printed.abort();
      return result;
    },
    reporter: silentReporter,
    metrics: createAgentMetrics(),
  });
  const inputs = watchInputs(deps, loop);
  const cancelTimeout = clock.after(config.dryRunTimeout, () => {
    timeout.abort();
  });
  await untilAborted(AbortSignal.any([stop, printed.signal, timeout.signal, hopeless.signal]));
  cancelTimeout();
  // Before the inputs, which may start a second pass while they close.
  await loop.stop();
  await inputs.close();
  if (!printed.signal.aborted) {
    const limit = timeout.signal.aborted
      ? ` within ${config.dryRunTimeout / 1000}s`
      : hopeless.signal.aborted
        ? ''
        : ' yet';
    throw new StartError(1, `no dry run${limit}: ${reasonFor(config, loop.state())}`);
  }
  return 0;
}

/** Whether a tool of the Node is not installed: repeating the pass does not help. */
function isMissingTool(error: unknown): boolean {
  if (!(error instanceof CommandError)) {
    return false;
  }
  const { code = '' } = (error.cause ?? {}) as NodeJS.ErrnoException;
  return ['ENOENT', 'EACCES'].includes(code);
}

/** Why no pass has succeeded. */
function reasonFor({ controllerUrl }: AgentConfig, { waitingFor, failure }: AgentState): string {
  return waitingFor.length === 0
    ? `the last pass failed: ${failure ?? 'it has not ended'}`
    : `still waiting for ${waitingFor.join(', ')}; check that a controller is ready at ${controllerUrl}, or set --dry-run-timeout`;
}
