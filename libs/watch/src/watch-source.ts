/** Where a reflector gets a resource from. */
export interface WatchSource {
  /**
   * The whole state. Absent when the server sends it as initial events of the watch.
   * Rejects with {@link WatchHttpError} when the server refuses.
   */
  readonly list?: (
    signal: AbortSignal,
  ) => Promise<{ readonly items: readonly unknown[]; readonly resourceVersion: string }>;
  /**
   * Opens a watch for what changed after `from`, or (`undefined`) for initial events and what
   * follows: the body of the answer. Rejects with {@link WatchHttpError} when the server refuses.
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

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/**
 * What a failed answer says, in at most 300 characters: the message of its Status object, else its
 * text.
 */
export async function failureFor(response: Response): Promise<WatchHttpError> {
  const text = await response.text();
  let message = text;
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && 'message' in body) {
      message = String(body.message);
    }
  } catch {
    // Not JSON: the text says it.
  }
  return new WatchHttpError(
    response.status,
    `${response.url} answered ${response.status}: ${message.slice(0, 300)}`,
  );
}
