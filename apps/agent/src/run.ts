import { once } from 'node:events';
import { parseClusterNetwork, parseEgressGroup } from '@sallyport/api/schemas';
import type { Clock } from '@sallyport/reconcile';
import type { AddressWatch, WatchAddressesOptions } from '@sallyport/rtnetlink';
import type { Watchable, WatchResourceOptions } from '@sallyport/watch';
import { watchResource } from '@sallyport/watch';
import type { Logger } from 'pino';
import { createAgent } from './agent.ts';
import { createAgentMetrics } from './agent-metrics.ts';
import type { AgentConfig } from './agent-options.ts';
import { marksOf } from './agent-options.ts';
import type { Dataplane } from './dataplane.ts';
import type { Pass } from './dataplane-pass.ts';
import { applyingPass, printingPass } from './dataplane-pass.ts';
import { healthRoutes } from './health-routes.ts';
import { startHealthServer } from './health-server.ts';
import { createNodeReporter } from './node-reporter.ts';
import { controlplaneUrl, putNodeReport } from './put-node-report.ts';

export interface AgentDeps {
  readonly config: AgentConfig;
  readonly logger: Logger;
  readonly dataplane: Dataplane;
  readonly watchAddresses: (options: WatchAddressesOptions) => AddressWatch;
  readonly clock: Clock;
  /** Milliseconds from any fixed point. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Where a dry run prints. */
  readonly print: (line: string) => void;
  /** Aborted when the agent has to end. */
  readonly stop: AbortSignal;
}

/**
 * Runs the agent until it is told to stop, and resolves with its exit status. The dataplane stays
 * as it is then: Pods go on leaving by their egress IPs while the agent is replaced.
 */
export async function run(deps: AgentDeps): Promise<number> {
  const { config, logger, dataplane, clock, now, random, stop } = deps;
  const { nodeName, controllerUrl } = config;
  const metrics = createAgentMetrics();
  const done = new AbortController();
  const reporter = createNodeReporter({
    nodeName,
    send: config.dryRun ? () => Promise.resolve() : putNodeReport(controllerUrl),
    onError: (err) => {
      logger.warn({ err }, 'node report not delivered');
    },
    clock,
  });
  const agent = createAgent({
    nodeName,
    marks: marksOf(config),
    tunnelUdpPort: config.tunnelPort,
    pass: config.dryRun
      ? dryRun(deps, () => {
          done.abort();
        })
      : applyingPass(dataplane),
    reporter,
    resyncMs: config.resyncInterval,
    clock,
    now,
    logger,
    metrics,
  });
  // A dry run may stand beside the agent whose port this is.
  const health = config.dryRun
    ? undefined
    : await startHealthServer({ port: config.healthPort, routes: healthRoutes(agent, metrics) });
  // The agent works on with what it knows, so one line is enough until the watch is there again.
  const watching = (
    resource: string,
  ): Pick<WatchResourceOptions<Watchable>, 'onConnect' | 'onError'> => {
    let interrupted = false;
    return {
      onConnect() {
        if (interrupted) {
          logger.info({ resource }, 'watch resumed');
        }
        interrupted = false;
        agent.reconnected();
      },
      onError(err) {
        logger[interrupted ? 'debug' : 'warn']({ err, resource }, 'watch interrupted');
        interrupted = true;
      },
    };
  };
  const network = watchResource({
    ...watching('clusternetworks'),
    clock,
    random,
    url: controlplaneUrl(controllerUrl, 'clusternetworks'),
    parse: parseClusterNetwork,
    onChange: agent.networkChanged,
  });
  const groups = watchResource({
    ...watching('egressgroups'),
    clock,
    random,
    url: controlplaneUrl(controllerUrl, 'egressgroups'),
    nodeName,
    parse: parseEgressGroup,
    onChange: agent.groupsChanged,
  });
  const addresses = deps.watchAddresses({
    onChange: agent.addressesChanged,
    onError: (err) => {
      logger.warn({ err }, 'addresses not read');
    },
    clock,
  });
  logger.info(
    { node: nodeName, controller: controllerUrl, healthPort: health?.port },
    'agent started',
  );

  await aborted(stop, done.signal);

  await Promise.all([addresses.close(), groups.stop(), network.stop()]);
  await agent.stop();
  await reporter.stop();
  await health?.close();
  logger.info('agent stopped; the dataplane stays as it is');
  return 0;
}

/** Prints the plan of one pass and says that it is done. */
function dryRun({ dataplane, print }: AgentDeps, done: () => void): Pass {
  const pass = printingPass(dataplane, print);
  return async (input, onApplied) => {
    const result = await pass(input, onApplied);
    done();
    return result;
  };
}

/** Waits for the first of the signals. */
async function aborted(...signals: readonly AbortSignal[]): Promise<void> {
  const any = AbortSignal.any([...signals]);
  if (!any.aborted) {
    await once(any, 'abort');
  }
}
