import type { StatusReason } from '@sallyport/api';
import { StatusSchema } from '@sallyport/api/schemas';

/** The answers of a route that failed, for its `response`. */
export const failures = { '4xx': StatusSchema, '5xx': StatusSchema };

/** Thrown by a route to answer with a Status object. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly reason: StatusReason;

  constructor(reason: StatusReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The error of routes that need a decision, before the first one. */
export function noDecisionYet(): ApiError {
  return new ApiError(
    'ServiceUnavailable',
    'the controller has not seen the whole cluster yet, see /readyz',
  );
}
