import type { Static } from 'typebox';
import { Type } from 'typebox';
import { object } from './readonly-schema.ts';

/** The Kubernetes `Status` object: the answer to every request that failed. */
export const StatusSchema = object(
  {
    kind: Type.Literal('Status'),
    apiVersion: Type.Literal('v1'),
    metadata: Type.Unsafe<Readonly<Record<string, never>>>(Type.Object({})),
    status: Type.Literal('Failure'),
    message: Type.String({ description: 'For people: the object, the value and the remedy.' }),
    reason: Type.Enum(
      [
        'BadRequest',
        'NotFound',
        'MethodNotAllowed',
        'Expired',
        'RequestEntityTooLarge',
        'UnsupportedMediaType',
        'InternalError',
        'ServiceUnavailable',
      ],
      { description: 'For programs.' },
    ),
    code: Type.Integer({ description: 'The HTTP status code.' }),
  },
  { title: 'Status', description: 'The request failed.' },
);

/** The answer to a request that failed. */
export type Status = Static<typeof StatusSchema>;

/** The cause of a failure, for programs. */
export type StatusReason = Status['reason'];
