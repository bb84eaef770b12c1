import type { RunCommand } from '@sallyport/command';
import { flag } from '@sallyport/config';
import type { Conntrack } from '@sallyport/conntrack';
import { removeNetfilter } from '@sallyport/netfilter';
import { removeBridge } from '@sallyport/ovs';
import type { ProgramDependencies } from '@sallyport/program';
import { untilAborted } from '@sallyport/program';
import type { Routing } from '@sallyport/rtnetlink';
import type { AgentConfig } from './config.ts';
import { agentOptions, marksOf } from './config.ts';

/** The options of `agent cleanup`: those of the agent, so that its arguments serve both. */
export const cleanupOptions = {
  ...agentOptions,
  nodeName: { ...agentOptions.nodeName, default: '' },
  controllerUrl: { ...agentOptions.controllerUrl, default: '' },
  stay: {
    type: flag,
    description: 'Wait for a signal after the cleanup: a DaemonSet starts ended programs again.',
    default: false,
  },
} as const;

/** Everything that a cleanup reads and changes. */
export interface CleanupDependencies extends Pick<
  ProgramDependencies<AgentConfig & { readonly stay: boolean }>,
  'config' | 'logger' | 'stop'
> {
  readonly run: RunCommand;
  readonly conntrack: Conntrack;
  readonly routing: Routing;
}

/**
 * Removes everything of ours from the Node, on which no agent may run, and resolves with exit
 * status 0. Selected Pods are blocked until their old connections and the tunnel are gone. If it
 * rejects, they stay blocked, and it can be run again.
 */
export async function cleanup(deps: CleanupDependencies): Promise<number> {
  const { config, logger, stop, run, conntrack, routing } = deps;
  await removeNetfilter(run, { marks: marksOf(config) }, async (connections) => {
    const { rules, routes } = await routing.observe();
    // Packets of other Nodes must not come out of the tunnel once no rule translates them.
    await removeBridge(run);
    if (connections.length > 0) {
      await conntrack.apply({ op: 'delete-connections', connections });
    }
    for (const rule of rules) {
      await routing.apply({ op: 'delete-rule', rule });
    }
    for (const route of routes) {
      await routing.apply({ op: 'delete-route', route });
    }
  });
  logger.info('the Node has nothing of Sallyport any more');
  if (config.stay) {
    await untilAborted(stop);
  }
  return 0;
}
