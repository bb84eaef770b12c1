import { goQuote } from './go-quote.ts';
import type { Json, JsonObject } from './json.ts';

/** One fault of one field, worded as `k8s.io/apimachinery/pkg/util/validation/field` words it. */
export interface FieldError {
  readonly reason:
    | 'FieldValueInvalid'
    | 'FieldValueRequired'
    | 'FieldValueNotSupported'
    | 'FieldValueForbidden'
    | 'FieldValueTypeInvalid'
    | 'FieldValueTooLong'
    | 'FieldValueTooMany'
    | 'FieldValueDuplicate'
    | 'FieldValueNotFound'
    | 'InternalError';
  /** As the server writes paths: `spec.ipRanges[0].cidr`. */
  readonly field: string;
  /** Without the path: `Required value`. */
  readonly message: string;
}

/** Names a resource in messages: `egresses.crd.antrea.io`, `pods`. */
export interface ResourceName {
  readonly group: string;
  readonly plural: string;
}

/** Names a kind in messages: `Egress.crd.antrea.io`, `Pod`. */
export interface KindName {
  readonly group: string;
  readonly kind: string;
}

/** A request that failed; the server answers with `status` as a `v1 Status` object. */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: JsonObject | undefined;

  constructor(code: number, reason: string, message: string, details?: JsonObject) {
    super(message);
    this.name = 'StatusError';
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  /** The `v1 Status` object that clients get. */
  get status(): JsonObject {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason === '' ? {} : { reason: this.reason }),
      ...(this.details === undefined ? {} : { details: this.details }),
      code: this.code,
    };
  }
}

const NOT_SERVED = 'the server could not find the requested resource';

/** 404 for a path that no resource serves. */
export class NotServed extends StatusError {
  constructor() {
    super(404, 'NotFound', NOT_SERVED, {});
  }
}

/** 404 for a subresource that a resource does not have. */
export function noSuchSubresource(): StatusError {
  return new StatusError(404, 'NotFound', NOT_SERVED, {});
}

/** The reason of the most usual conflict: another write came first. */
export const OBJECT_MODIFIED =
  'the object has been modified; please apply your changes to the latest version and try again';

/** 404 for an object. */
export function notFound(resource: ResourceName, name: string): StatusError {
  const message = `${qualified(resource.group, resource.plural)} ${goQuote(name)} not found`;
  return new StatusError(404, 'NotFound', message, detailsOf(resource, name));
}

/** 409 on create; `isDeleting`: the existing object is being deleted. */
export function alreadyExists(
  resource: ResourceName,
  name: string,
  isDeleting: boolean,
): StatusError {
  const what = `${qualified(resource.group, resource.plural)} ${goQuote(name)} already exists`;
  const message = isDeleting ? `object is being deleted: ${what}` : what;
  return new StatusError(409, 'AlreadyExists', message, detailsOf(resource, name));
}

/** 409 on a write from an outdated copy. */
export function conflict(resource: ResourceName, name: string, why: string): StatusError {
  const what = `${qualified(resource.group, resource.plural)} ${goQuote(name)}`;
  return new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${what}: ${why}`,
    detailsOf(resource, name),
  );
}

/** 403. */
export function forbidden(resource: ResourceName, name: string, why: string): StatusError {
  const what = `${qualified(resource.group, resource.plural)} ${goQuote(name)}`;
  return new StatusError(
    403,
    'Forbidden',
    `${what} is forbidden: ${why}`,
    detailsOf(resource, name),
  );
}

/** 400. */
export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

/** 405. */
export function methodNotAllowed(
  message = 'the server does not allow this method on the requested resource',
): StatusError {
  return new StatusError(405, 'MethodNotAllowed', message, {});
}

/** 415 for a body or patch of a kind the resource does not take. */
export function unsupportedMediaType(accepted: readonly string[]): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new StatusError(415, 'UnsupportedMediaType', message);
}

/** 410: the asked resourceVersion has been compacted away; the client must list again. */
export function expired(message: string): StatusError {
  return new StatusError(410, 'Expired', message);
}

/** 422 with every fault of an object. */
export function invalid(kind: KindName, name: string, faults: readonly FieldError[]): StatusError {
  const lines = [...new Set(faults.map((fault) => `${fault.field}: ${fault.message}`))];
  const list = lines.length === 1 ? (lines[0] ?? '') : `[${lines.join(', ')}]`;
  return new StatusError(
    422,
    'Invalid',
    `${qualified(kind.group, kind.kind)} ${goQuote(name)} is invalid: ${list}`,
    {
      name,
      ...(kind.group === '' ? {} : { group: kind.group }),
      kind: kind.kind,
      causes: faults.map((fault) => ({
        reason: fault.reason,
        message: fault.message,
        field: fault.field,
      })),
    },
  );
}

/** `Invalid value: "x": why`. */
export function invalidValue(field: string, value: Json | undefined, why: string): FieldError {
  return {
    reason: 'FieldValueInvalid',
    field,
    message: `Invalid value: ${renderValue(value)}: ${why}`,
  };
}

/** `Required value`, with an optional explanation. */
export function requiredValue(field: string, why = ''): FieldError {
  return {
    reason: 'FieldValueRequired',
    field,
    message: why === '' ? 'Required value' : `Required value: ${why}`,
  };
}

/** `Forbidden: why`. */
export function forbiddenValue(field: string, why: string): FieldError {
  return { reason: 'FieldValueForbidden', field, message: `Forbidden: ${why}` };
}

/** `Duplicate value: "x"`. */
export function duplicateValue(field: string, value: Json): FieldError {
  return {
    reason: 'FieldValueDuplicate',
    field,
    message: `Duplicate value: ${renderValue(value)}`,
  };
}

/** `Unsupported value: "x": supported values: "a", "b"`. */
export function unsupportedValue(
  field: string,
  value: Json | undefined,
  supported: readonly Json[],
): FieldError {
  const values = supported.map(renderValue).join(', ');
  return {
    reason: 'FieldValueNotSupported',
    field,
    message: `Unsupported value: ${renderValue(value)}: supported values: ${values}`,
  };
}

function qualified(group: string, name: string): string {
  return group === '' ? name : `${name}.${group}`;
}

function detailsOf(resource: ResourceName, name: string): JsonObject {
  return {
    ...(name === '' ? {} : { name }),
    ...(resource.group === '' ? {} : { group: resource.group }),
    kind: resource.plural,
  };
}

function renderValue(value: Json | undefined): string {
  if (typeof value === 'string') {
    return goQuote(value);
  }
  return JSON.stringify(value ?? null);
}
