import type { StatusReason } from '@sallyport/api';
import { StatusSchema } from '@sallyport/api/schemas';

/** The answers of a route that failed, for its `response`. */
export const failures = { '4xx': StatusSchema, '5xx': StatusSchema };

/** A route throws it to answer with a Status object. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly reason: StatusReason;

  constructor(reason: StatusReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
