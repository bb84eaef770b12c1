import type { HttpServer } from '@sallyport/http';
import { listenErrorFor, startHttpServer } from '@sallyport/http';
import { untilAborted } from '@sallyport/program';
import type { Registry } from 'prom-client';
import type { DryRunDependencies } from './dry-run.ts';
import { dryRun } from './dry-run.ts';
import { agentRoutes } from './http/agent-routes.ts';
import { AgentLoop } from './loop/agent-loop.ts';
import { createAgentMetrics } from './metrics.ts';
import { cachedDataplane } from './pass/cached-dataplane.ts';
import type { Dataplane } from './pass/dataplane.ts';
import { createPass } from './pass/dataplane-pass.ts';
import type { DataplaneWatch, DataplaneWatchOptions } from './pass/watch-kernel.ts';
import { createNodeReporter } from './report/node-reporter.ts';
import { putNodeReport } from './report/put-node-report.ts';
import { watchInputs } from './watch-inputs.ts';

/** Everything that the agent gets from outside: `main.ts` gives the real things. */
export interface AgentDependencies extends DryRunDependencies {
  readonly dataplane: Dataplane;
  readonly watchDataplane: (options: DataplaneWatchOptions) => DataplaneWatch;
}

/**
 * Runs the agent until it is stopped, and resolves with its exit status. The dataplane stays as it
 * is then: Pods keep their egress IPs while the agent is replaced. Rejects with StartError when the
 * health port is in use, or when a dry run gets no answer in time.
 */
export async function run(deps: AgentDependencies): Promise<number> {
  return deps.config.dryRun ? dryRun(deps) : runAgent(deps);
}

async function runAgent(deps: AgentDependencies): Promise<number> {
  const { config, logger, clock, stop } = deps;
  const metrics = createAgentMetrics();
  const reporter = createNodeReporter({
    nodeName: config.nodeName,
    send: putNodeReport(config.controllerUrl),
    onError: (err) => {
      logger.warn({ err }, 'node report not delivered');
    },
    clock,
  });
  const dataplane = cachedDataplane(deps.dataplane, {
    isWatched: (part) => watch.isLive(part),
    monotonicMs: deps.monotonicMs,
    maxAgeMs: config.resyncInterval,
  });
  const loop = new AgentLoop({ ...deps, pass: createPass(dataplane), reporter, metrics });
  const server = await startServer(config.healthPort, loop, metrics.registry);
  const watch = deps.watchDataplane({
    onChange(part, extent) {
      dataplane.changed(part, extent);
      loop.dataplaneChanged();
    },
    clock,
  });
  const inputs = watchInputs(deps, loop);
  logger.info(
    { node: config.nodeName, controller: config.controllerUrl, healthPort: server.port },
    'agent started',
  );

  await untilAborted(stop);

  await inputs.close();
  await watch.close();
  await loop.stop();
  await reporter.stop();
  await server.close();
  logger.info('agent stopped; the dataplane stays as it is');
  return 0;
}

async function startServer(port: number, loop: AgentLoop, registry: Registry): Promise<HttpServer> {
  try {
    return await startHttpServer(
      port,
      agentRoutes(() => loop.state(), registry),
    );
  } catch (error) {
    throw listenErrorFor(error, '--health-port') ?? error;
  }
}
