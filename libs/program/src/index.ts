export { createLogger, loggingOptions } from './create-logger.ts';
export { createMetrics, type MetricCatalogue, type Metrics } from './create-metrics.ts';
export { renderMetrics } from './render-metrics.ts';
export { type ProgramDependencies, runProgram, StartError, untilAborted } from './run-program.ts';
