import { createLogger, runProgram } from '@sallyport/program';
import { controllerOptions, ENV_PREFIX } from './config.ts';
import { run } from './run.ts';

const status = await runProgram(process, {
  name: 'sallyport-controller',
  options: controllerOptions,
  envPrefix: ENV_PREFIX,
  loggerFor: (config) => createLogger(config),
  run,
});
// Everything is closed, but the end of an interrupted connection may take seconds.
process.exit(status);
