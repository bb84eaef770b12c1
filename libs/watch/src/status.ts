import type { Status, StatusReason } from '@sallyport/api';
import { StatusSchema } from '@sallyport/api/schemas';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';

const codes: Readonly<Record<StatusReason, number>> = {
  BadRequest: 400,
  NotFound: 404,
  MethodNotAllowed: 405,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  InternalError: 500,
  ServiceUnavailable: 503,
};

/** Other servers leave out some fields, and have reasons of their own. */
const received = Compile(Type.Partial(Type.Pick(StatusSchema, ['code', 'message'])));

/** The Status object of a failure; its code follows from the reason. */
export function statusFor(reason: StatusReason, message: string): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code: codes[reason],
  };
}

/** Code and message of a received Status object, as far as it has them. */
export function readStatus(raw: unknown): Partial<Pick<Status, 'code' | 'message'>> {
  return received.Check(raw) ? raw : {};
}
