import type { ConfigOf, OptionTable } from '@sallyport/config';
import { readCommandLine } from '@sallyport/config';
import type { Clock } from '@sallyport/reconcile';
import { systemClock } from '@sallyport/reconcile';
import type { Logger } from 'pino';
import { buildInfo, renderVersion } from './build-info.ts';

/** The needs of each program's `run`, besides its own adapters. */
export interface ProgramDependencies<Config> {
  readonly config: Config;
  readonly logger: Logger;
  /** Aborted when the program has to end. */
  readonly stop: AbortSignal;
  readonly clock: Clock;
  /** Milliseconds since 1970, for times that people read. */
  readonly nowMs: () => number;
  /** Milliseconds from any fixed point, for durations. */
  readonly monotonicMs: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** A program as its `main.ts` describes it. */
export interface Program<Table extends OptionTable> {
  readonly name: string;
  readonly options: Table;
  /** The first word of its environment variables. */
  readonly envPrefix: string;
  /** Faults that concern more than one option. */
  readonly faultsOf?: (config: ConfigOf<Table>) => readonly string[];
  readonly loggerFor: (config: ConfigOf<Table>) => Promise<Logger>;
  /** Runs until it is stopped; resolves with the exit status. */
  readonly run: (deps: ProgramDependencies<ConfigOf<Table>>) => Promise<number>;
}

/** The part of `process` that a program uses. */
export interface ProgramHost {
  /** Node.js, the script, then the arguments. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  on(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  exit(status: number): unknown;
}

/** A program cannot start, and the operator can change that: one sentence, not a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code = 'START_FAILED';
  /** 2: the configuration is wrong; 1: the machine does not allow it now. */
  readonly exitStatus: 1 | 2;

  constructor(exitStatus: 1 | 2, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitStatus = exitStatus;
  }
}

/** Longest delay of a timer. */
const FOREVER_MS = 2 ** 31 - 1;

/**
 * From the command line to the exit status. The first SIGTERM or SIGINT stops the program; the
 * second ends the process at once.
 */
export async function runProgram<Table extends OptionTable>(
  host: ProgramHost,
  program: Program<Table>,
): Promise<number> {
  const commandLine = readCommandLine(
    program.options,
    {
      argv: host.argv.slice(2),
      env: host.env,
      envPrefix: program.envPrefix,
      version: renderVersion(program.name, buildInfo),
    },
    program.faultsOf,
  );
  if (commandLine.kind === 'end') {
    host[commandLine.exitStatus === 0 ? 'stdout' : 'stderr'].write(commandLine.text);
    return commandLine.exitStatus;
  }
  const { config } = commandLine;
  const stop = stopSignalOf(host);
  const logger = await program.loggerFor(config);
  // The timers of the clock do not keep the process alive, and a program may wait for nothing else.
  const keepAlive = setInterval(() => undefined, FOREVER_MS);
  try {
    return await program.run({
      config,
      logger,
      stop,
      clock: systemClock,
      nowMs: () => Date.now(),
      monotonicMs: () => performance.now(),
      random: Math.random,
    });
  } catch (err) {
    if (err instanceof StartError) {
      host.stderr.write(`${program.name}: ${err.message.split('\n')[0] ?? ''}\n`);
      return err.exitStatus;
    }
    logger.fatal({ err }, 'program failed');
    return 1;
  } finally {
    clearInterval(keepAlive);
  }
}

/** Resolves when the signal is aborted. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) {
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve, { once: true });
    });
  }
}

function stopSignalOf(host: ProgramHost): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    host.on(signal, () => {
      if (stopping.signal.aborted) {
        host.exit(1);
      }
      stopping.abort();
    });
  }
  return stopping.signal;
}
