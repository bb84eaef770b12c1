/** A server that asks for more is asked again after this time, in milliseconds. */
const MAX_RETRY_AFTER_MS = 60_000;

/**
 * The time for which a `Retry-After` header asks (RFC 9110, 10.2.3), in milliseconds and at most a
 * minute. Undefined without one, and for a date, which the API server does not send.
 */
export function parseRetryAfter(header: string | null | undefined): number | undefined {
  return /^\d+$/.test(header ?? '')
    ? Math.min(Number(header) * 1000, MAX_RETRY_AFTER_MS)
    : undefined;
}
