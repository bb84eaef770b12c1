import { ConfigError, parseConfig } from '@sallyport/config';
import { systemClock } from '@sallyport/reconcile';
import { pino } from 'pino';
import { controllerOptions, ENV_PREFIX, type ControllerConfig } from './config.ts';
import { run } from './run.ts';

const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    // The second one means now.
    if (stopping.signal.aborted) process.exit(1);
    stopping.abort();
  });
}

const configure = (): ControllerConfig | undefined => {
  try {
    return parseConfig(controllerOptions, { argv: process.argv.slice(2), env: process.env, envPrefix: ENV_PREFIX });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return undefined;
  }
};

const config = configure();
if (config === undefined) process.exitCode = 2;
else {
  const logger = pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  const deps = { config, logger, clock: systemClock, nowMs: () => Date.now(), random: Math.random };
  process.exit(await run(deps, stopping.signal));
}
