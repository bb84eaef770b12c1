export { type BuildInfo, buildInfo } from './build-info.ts';
export { createLogger, loggingOptions } from './create-logger.ts';
export {
  createMetrics,
  type MetricCatalogue,
  type Metrics,
  programMetrics,
} from './create-metrics.ts';
export { renderMetrics } from './render-metrics.ts';
export {
  type Program,
  type ProgramDependencies,
  type ProgramHost,
  runProgram,
  StartError,
  untilAborted,
} from './run-program.ts';
