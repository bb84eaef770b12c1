import { parseClusterNetwork, parseEgressGroup } from '@sallyport/api/schemas';
import type { ProgramDependencies } from '@sallyport/program';
import type { AddressWatch, WatchAddressesOptions } from '@sallyport/rtnetlink';
import type { Watchable, WatchResourceOptions } from '@sallyport/watch';
import { watchResource } from '@sallyport/watch';
import type { AgentConfig } from './config.ts';
import type { AgentLoop } from './loop/agent-loop.ts';
import { controlplaneUrl } from './report/put-node-report.ts';

/** The sources of the loop's input. */
export interface WatchInputsDependencies extends Pick<
  ProgramDependencies<AgentConfig>,
  'config' | 'logger' | 'clock' | 'random'
> {
  readonly watchAddresses: (options: WatchAddressesOptions) => AddressWatch;
}

/** Feeds the loop with the controller's objects for this Node, and with the Node's addresses. */
export function watchInputs(
  deps: WatchInputsDependencies,
  loop: AgentLoop,
): { close(): Promise<void> } {
  const { config, logger, clock, random } = deps;
  const { controllerUrl, nodeName } = config;
  const network = watchResource({
    ...connectionLog(deps, loop, 'clusternetworks'),
    clock,
    random,
    url: controlplaneUrl(controllerUrl, 'clusternetworks'),
    parse: parseClusterNetwork,
    onBatch: (state) => {
      loop.networkChanged(state);
    },
  });
  const groups = watchResource({
    ...connectionLog(deps, loop, 'egressgroups'),
    clock,
    random,
    url: controlplaneUrl(controllerUrl, 'egressgroups'),
    nodeName,
    parse: parseEgressGroup,
    onBatch: (state) => {
      loop.groupsChanged(state);
    },
  });
  const addresses = deps.watchAddresses({
    onChange: (current) => {
      loop.addressesChanged(current);
    },
    onError: (err) => {
      logger.warn({ err }, 'addresses not read');
    },
    clock,
  });
  return {
    async close() {
      await Promise.all([addresses.close(), groups.stop(), network.stop()]);
    },
  };
}

/**
 * Logs one line when a watch is interrupted and one when it is connected again: meanwhile the agent
 * works with the last input.
 */
function connectionLog(
  { logger }: Pick<WatchInputsDependencies, 'logger'>,
  loop: AgentLoop,
  resource: string,
): Pick<WatchResourceOptions<Watchable>, 'onConnect' | 'onError'> {
  let interrupted = false;
  return {
    onConnect() {
      if (interrupted) {
        logger.info({ resource }, 'watch resumed');
      }
      interrupted = false;
      loop.reconnected();
    },
    onError(err) {
      logger[interrupted ? 'debug' : 'warn']({ err, resource }, 'watch interrupted');
      interrupted = true;
    },
  };
}
