import { parseRetryAfter } from './retry-after.ts';
import { readStatus } from './status.ts';

/** The server of a resource, as a reflector needs it. */
export interface WatchSource {
  /**
   * The whole state. Absent when the server sends it as initial events of the watch.
   * Rejects with {@link WatchHttpError} when the server refuses.
   */
  readonly list?: (
    signal: AbortSignal,
  ) => Promise<{ readonly items: readonly unknown[]; readonly resourceVersion: string }>;
  /**
   * Opens a watch for the changes after `from`, or (`undefined`) for initial events and the changes
   * after them; resolves with the body of the answer. Rejects with {@link WatchHttpError} when the
   * server refuses.
   */
  readonly watch: (
    from: string | undefined,
    signal: AbortSignal,
  ) => Promise<AsyncIterable<Uint8Array>>;
}

/** The server answered a list or watch with an error. */
export class WatchHttpError extends Error {
  override readonly name = 'WatchHttpError';
  readonly code = 'WATCH_HTTP';
  /** The HTTP status code. */
  readonly status: number;
  /** The time for which the server asks before the next request, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    status: number,
    message: string,
    {
      retryAfterMs,
      ...options
    }: ErrorOptions & { readonly retryAfterMs?: number | undefined } = {},
  ) {
    super(message, options);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * The error of a failed answer, with the message of its Status object, or else the first 300
 * characters of its text.
 */
export async function failureFor(response: Response): Promise<WatchHttpError> {
  const text = await response.text();
  let message = text;
  try {
    message = readStatus(JSON.parse(text)).message ?? text;
  } catch {
    // Not JSON: the text is the message.
  }
  return new WatchHttpError(
    response.status,
    `${response.url} answered ${response.status}: ${message.slice(0, 300)}`,
    { retryAfterMs: parseRetryAfter(response.headers.get('retry-after')) },
  );
}
