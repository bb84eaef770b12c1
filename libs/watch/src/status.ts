/**
 * What the API answers instead of an object when something is wrong: the Kubernetes `Status`
 * object.
 */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Readonly<Record<string, never>>;
  readonly status: 'Failure';
  /** For people: names the object, the value and the remedy. */
  readonly message: string;
  /** For programs: `NotFound`, `BadRequest`, `Expired`, … */
  readonly reason: StatusReason;
  /** The HTTP status code. */
  readonly code: number;
}

export type StatusReason =
  | 'BadRequest'
  | 'NotFound'
  | 'MethodNotAllowed'
  | 'Expired'
  | 'RequestEntityTooLarge'
  | 'UnsupportedMediaType'
  | 'InternalError'
  | 'ServiceUnavailable';

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
