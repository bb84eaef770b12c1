import { describeError } from '@sallyport/api';

/** No answer came from a server, or its answer broke off. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly code = 'CONNECTION_FAILED';
}

/** `fetch`, with a {@link ConnectionError} for a connection that fails. */
export async function fetchAnswer(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    throw connectionErrorFor(url, error);
  }
}

/**
 * The error of a request, or of reading its answer. `fetch` hides the reason of a lost connection
 * in a TypeError, and a time limit in a DOMException. Other errors are returned as they are.
 */
export function connectionErrorFor({ host }: URL, error: unknown): unknown {
  // Reads the fields instead of asking for the class: errors may come from another realm.
  const { name, message, cause } = (error ?? {}) as Partial<Error>;
  if (cause !== undefined && (message === 'fetch failed' || message === 'terminated')) {
    // Not as its `cause`: many reasons have no code that we know, and would pass for bugs.
    return new ConnectionError(`no connection to ${host}: ${describeError(cause)}`);
  }
  return name === 'TimeoutError' ? new ConnectionError(`no answer from ${host} in time`) : error;
}
