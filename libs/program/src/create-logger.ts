import type { Writable } from 'node:stream';
import { describeError } from '@sallyport/api';
import type { ConfigOf } from '@sallyport/config';
import { oneOf } from '@sallyport/config';
import type { DestinationStream, Logger } from 'pino';
import { pino } from 'pino';
import { isExpected } from './expected-error.ts';

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
 * is lost when the process exits. In the text format, the stack of a bug follows its line.
 *
 * @param destination a file descriptor: 1 is stdout, 2 is stderr; tests give a stream.
 */
export async function createLogger(
  { logLevel, logFormat }: ConfigOf<typeof loggingOptions>,
  destination: number | Writable = 1,
): Promise<Logger> {
  const isText = logFormat === 'text';
  return pino(
    {
      level: logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }), ...(isText && { log: withStackApart }) },
      serializers: { err: isText ? fieldsWithoutStack : fieldsOf },
    },
    isText ? await textTo(destination) : linesTo(destination),
  );
}

/**
 * An expected error is its code, and its message with those of its causes. Any other error is a bug
 * and keeps its stack.
 */
function fieldsOf(error: Error): object {
  if (!isExpected(error)) {
    return pino.stdSerializers.err(error);
  }
  const { code } = error as NodeJS.ErrnoException;
  return { ...(typeof code === 'string' && { code }), message: describeError(error) };
}

function fieldsWithoutStack(error: Error): object {
  return { ...fieldsOf(error), stack: undefined };
}

/** The keys of a message, with the stack of its error as a key of its own. */
function withStackApart(keys: Record<string, unknown>): Record<string, unknown> {
  const { err } = keys;
  const fields = err instanceof Error ? fieldsOf(err) : {};
  return 'stack' in fields ? { ...keys, stack: fields.stack } : keys;
}

function linesTo(destination: number | Writable): DestinationStream {
  return typeof destination === 'number'
    ? pino.destination({ fd: destination, sync: true })
    : destination;
}

/** One line for each message, `[time] LEVEL: message {keys}`; a stack follows below it. */
async function textTo(destination: number | Writable): Promise<DestinationStream> {
  // Loaded for this format only: it makes each start slower.
  const { prettyFactory } = await import('pino-pretty');
  const render = prettyFactory({
    colorize: false,
    singleLine: true,
    translateTime: false,
    errorLikeObjectKeys: ['stack'],
    customPrettifiers: { stack: withoutControls },
  });
  const lines = linesTo(destination);
  return {
    write(line) {
      lines.write(render(line));
    },
  };
}

/** A message may hold bytes that a terminal obeys. */
function withoutControls(stack: string | object): string {
  const text = typeof stack === 'string' ? stack : JSON.stringify(stack);
  return text.replace(/[^\P{Cc}\n]/gu, '');
}
