import { runCommand } from '@sallyport/command';
import { readCommandLine } from '@sallyport/config';
import { markFaults } from '@sallyport/dataplane';
import { systemClock } from '@sallyport/reconcile';
import { openRouting, watchAddresses } from '@sallyport/rtnetlink';
import { pino } from 'pino';
import { agentOptions, ENV_PREFIX, marksOf } from './agent-options.ts';
import { kernelDataplane, routingTarget } from './kernel-dataplane.ts';
import { run } from './run.ts';

// Everything is closed then, but a connection that was cut off may linger and keep the process for
// seconds.
main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);

async function main(): Promise<number> {
  const input = { argv: process.argv.slice(2), env: process.env, envPrefix: ENV_PREFIX };
  const commandLine = readCommandLine(agentOptions, input, (config) => markFaults(marksOf(config)));
  if (commandLine.kind === 'end') {
    process[commandLine.exitStatus === 0 ? 'stdout' : 'stderr'].write(commandLine.text);
    return commandLine.exitStatus;
  }
  const { config } = commandLine;
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
}
