/**
 * A write that has no answer after this time is given up: the next pass writes what is true by
 * then.
 */
export const WRITE_TIMEOUT_MS = 10_000;
