import { runCommand } from '@sallyport/command';
import { openConntrack } from '@sallyport/conntrack';
import { markFaults } from '@sallyport/dataplane';
import { openBackend } from '@sallyport/netfilter';
import { openOvs } from '@sallyport/ovs';
import { createLogger, runProgram } from '@sallyport/program';
import { openRouting, watchAddresses } from '@sallyport/rtnetlink';
import { cleanup, cleanupOptions } from './cleanup.ts';
import { agentOptions, ENV_PREFIX, marksOf } from './config.ts';
import { kernelDataplane, routingTarget } from './pass/kernel-dataplane.ts';
import { lazyNetfilter } from './pass/lazy-netfilter.ts';
import { watchKernel } from './pass/watch-kernel.ts';
import { run } from './run.ts';

const status = await (process.argv[2] === 'cleanup' ? runCleanup() : runAgent());
// Everything is closed, but the end of an interrupted connection may take seconds.
process.exit(status);

function runAgent(): Promise<number> {
  return runProgram(process, {
    name: 'sallyport-agent',
    options: agentOptions,
    envPrefix: ENV_PREFIX,
    faultsOf: (config) => markFaults(marksOf(config)),
    // A dry run prints its operations on stdout, and nothing else.
    loggerFor: (config) => createLogger(config, config.dryRun ? 2 : 1),
    async run(deps) {
      const { config, logger } = deps;
      const marks = marksOf(config);
      const target = { ...routingTarget(marks), sysctlFolder: config.sysctlFolder };
      const routing = openRouting(target);
      try {
        const netfilter = lazyNetfilter(async () => {
          const choice = await openBackend(
            runCommand,
            { marks, tunnelPort: config.tunnelPort },
            config.snatBackend,
            { keepOther: config.dryRun },
          );
          const { backend, reason } = choice;
          logger.info(
            { backend, ...(reason === undefined ? {} : { reason }) },
            'SNAT backend chosen',
          );
          return choice;
        });
        return await run({
          ...deps,
          dataplane: kernelDataplane({
            ovs: openOvs(runCommand),
            netfilter,
            conntrack: openConntrack(marks),
            routing,
          }),
          watchAddresses,
          watchDataplane: (options) =>
            watchKernel({ ...options, target, backend: () => netfilter.backend() }),
          print: (line) => process.stdout.write(`${line}\n`),
        });
      } finally {
        routing.close();
      }
    },
  });
}

function runCleanup(): Promise<number> {
  // The rest of the command line is options.
  process.argv.splice(2, 1);
  return runProgram(process, {
    name: 'sallyport-agent cleanup',
    options: cleanupOptions,
    envPrefix: ENV_PREFIX,
    faultsOf: (config) => markFaults(marksOf(config)),
    loggerFor: (config) => createLogger(config, 1),
    async run(deps) {
      const marks = marksOf(deps.config);
      const { sysctlFolder } = deps.config;
      const routing = openRouting({ ...routingTarget(marks), sysctlFolder });
      try {
        const conntrack = openConntrack(marks);
        return await cleanup({ ...deps, run: runCommand, conntrack, routing });
      } finally {
        routing.close();
      }
    },
  });
}
