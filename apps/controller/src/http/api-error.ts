import type { StatusReason } from '@sallyport/watch';

/** What a route throws to answer with a Status object. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly reason: StatusReason;

  constructor(reason: StatusReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
