import { runCommand } from '@sallyport/command';
import { ConfigError, parseConfig } from '@sallyport/config';
import { markFaults } from '@sallyport/dataplane';
import { systemClock } from '@sallyport/reconcile';
import { openRouting, watchAddresses } from '@sallyport/rtnetlink';
import { pino } from 'pino';
import { agentOptions, ENV_PREFIX, marksOf, type AgentConfig } from './agent-options.ts';
import { kernelDataplane, routingTarget } from './kernel-dataplane.ts';
import { run } from './run.ts';

const readConfig = (): AgentConfig => {
  const input = { argv: process.argv.slice(2), env: process.env, envPrefix: ENV_PREFIX };
  const config = parseConfig(agentOptions, input);
  const faults = markFaults(marksOf(config));
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
};

const main = async (): Promise<number> => {
  const config = readConfig();
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      stop.abort();
    });
  }
  const routing = openRouting(routingTarget);
  try {
    return await run({
      config,
      logger: pino({ level: config.logLevel, base: null }, pino.destination({ fd: 2, sync: true })),
      dataplane: kernelDataplane({ run: runCommand, routing }),
      watchAddresses,
      clock: systemClock,
      now: () => performance.now(),
      random: Math.random,
      print: (line) => process.stdout.write(`${line}\n`),
      stop: stop.signal,
    });
  } finally {
    routing.close();
  }
};

// Everything is closed then, but a connection that was cut off may linger and keep the process for seconds.
main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
