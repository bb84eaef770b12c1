import type { Writable } from 'node:stream';
import { describeError } from '@sallyport/api';
import type { ConfigOf } from '@sallyport/config';
import { oneOf } from '@sallyport/config';
import type { DestinationStream, Logger } from 'pino';
import { pino } from 'pino';

/** The options that each program has for its log. */
export const loggingOptions = {
  logLevel: {
    type: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal'),
    description: 'The least severe level that is logged.',
    default: 'info',
  },
  logFormat: {
    type: oneOf('json', 'text'),
    description: 'The format of the log: json is an object a line, text is for people.',
    default: 'json',
  },
} as const;

/**
 * The log of a program: level as a word, time in ISO 8601. Writes are synchronous, so that no line
 * is lost when the process exits.
 *
 * @param destination a file descriptor: 1 is stdout, 2 is stderr; tests give a stream.
 */
export async function createLogger(
  { logLevel, logFormat }: ConfigOf<typeof loggingOptions>,
  destination: number | Writable = 1,
): Promise<Logger> {
  return pino(
    {
      level: logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      serializers: { err: errorFieldsOf },
    },
    logFormat === 'text' ? await textTo(destination) : jsonTo(destination),
  );
}

/**
 * An expected error is one line: its code, and its message with those of its causes. Any other
 * error is a bug and keeps its stack.
 */
function errorFieldsOf(error: Error): unknown {
  if (!isExpected(error)) {
    return pino.stdSerializers.err(error);
  }
  const { code } = error as NodeJS.ErrnoException;
  return { ...(typeof code === 'string' && { code }), message: describeError(error) };
}

/** Whether an error has a code (ours or of Node.js), is a time limit, or a sum of such errors. */
function isExpected(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) {
    return false;
  }
  if ('errors' in error && Array.isArray(error.errors)) {
    return error.errors.every(isExpected);
  }
  const name = 'name' in error ? error.name : undefined;
  return (
    ('code' in error && typeof error.code === 'string') ||
    name === 'TimeoutError' ||
    name === 'AbortError'
  );
}

function jsonTo(destination: number | Writable): DestinationStream {
  return typeof destination === 'number'
    ? pino.destination({ fd: destination, sync: true })
    : destination;
}

/** One line for each message, `[time] LEVEL: message {keys}`; an error adds its stack below it. */
async function textTo(destination: number | Writable): Promise<DestinationStream> {
  // Loaded for this format only: it makes each start slower.
  const { default: pretty } = await import('pino-pretty');
  return pretty({
    destination,
    sync: true,
    colorize: false,
    singleLine: true,
    translateTime: false,
  });
}
