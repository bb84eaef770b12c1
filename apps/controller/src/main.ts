import { readCommandLine } from '@sallyport/config';
import { systemClock } from '@sallyport/reconcile';
import { pino } from 'pino';
import { controllerOptions, ENV_PREFIX } from './config.ts';
import { run } from './run.ts';

const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    // The second one means now.
    if (stopping.signal.aborted) {
      process.exit(1);
    }
    stopping.abort();
  });
}

const input = { argv: process.argv.slice(2), env: process.env, envPrefix: ENV_PREFIX };
const commandLine = readCommandLine(controllerOptions, input);
if (commandLine.kind === 'end') {
  process[commandLine.exitStatus === 0 ? 'stdout' : 'stderr'].write(commandLine.text);
  process.exitCode = commandLine.exitStatus;
} else {
  const { config } = commandLine;
  const logger = pino({
    level: config.logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
  });
  const deps = { config, logger, clock: systemClock, nowMs: () => Date.now(), random: Math.random };
  process.exit(await run(deps, stopping.signal));
}
