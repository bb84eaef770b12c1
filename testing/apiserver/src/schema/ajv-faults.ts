import type { ErrorObject } from 'ajv';
import { FORMATS } from '../model/formats.ts';
import type { Json } from '../model/json.ts';
import { isObject, textOf } from '../model/json.ts';
import { joinPath } from '../model/schema.ts';
import type { FieldError } from '../model/status-error.ts';
import { invalidValue, requiredValue, unsupportedValue } from '../model/status-error.ts';

type Params = Readonly<Record<string, Json | undefined>>;

/** Where an error is, and the value there. */
interface Place {
  readonly path: string;
  /** The path as messages have it: `spec.a in body`. */
  readonly body: string;
  readonly value: Json | undefined;
}

/** Keywords whose message is `<path> in body <words>`. */
const PLAIN_WORDS: Readonly<Record<string, (params: Params) => string>> = {
  pattern: ({ pattern }) => `should match '${textOf(pattern)}'`,
  minimum: ({ limit }) => `should be greater than or equal to ${textOf(limit)}`,
  exclusiveMinimum: ({ limit }) => `should be greater than ${textOf(limit)}`,
  maximum: ({ limit }) => `should be less than or equal to ${textOf(limit)}`,
  exclusiveMaximum: ({ limit }) => `should be less than ${textOf(limit)}`,
  multipleOf: ({ multipleOf }) => `should be a multiple of ${textOf(multipleOf)}`,
  minLength: ({ limit }) => `should be at least ${textOf(limit)} chars long`,
};

/** An error of ajv in the words of the API server; `root` is the whole value that was checked. */
export function faultFromAjv(error: ErrorObject, root: Json): FieldError {
  const path = pathOf(error.instancePath, root);
  const place = { path, body: `${path} in body`, value: error.data as Json | undefined };
  const params = error.params as Params;
  switch (error.keyword) {
    case 'required':
      return requiredValue(joinPath(path, textOf(params.missingProperty)));
    case 'type':
      return typeFault(place, params, error.parentSchema?.format);
    case 'format':
      return wrongType(
        place,
        place.value,
        `must be of type ${textOf(params.format)}: ${JSON.stringify(place.value)}`,
      );
    case 'enum':
      return unsupportedValue(path, place.value, (params.allowedValues ?? []) as Json[]);
    case 'anyOf':
      return invalidValue(path, '', `"${path}" must validate at least one schema (anyOf)`);
    case 'oneOf':
      return oneOfFault(path, params);
    case 'not':
      return invalidValue(path, '', `"${path}" must not validate the schema (not)`);
    default:
      return sizeFault(error.keyword, place, textOf(params.limit)) ?? plainFault(error, place);
  }
}

/**
 * `/spec/ranges/0/cidr` as `spec.ranges[0].cidr`; whether a number is a position shows in the
 * object.
 */
function pathOf(pointer: string, object: Json): string {
  let path = '';
  let at: Json | undefined = object;
  for (const part of pointer.split('/').slice(1)) {
    const member = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path = joinPath(path, Array.isArray(at) ? Number(member) : member);
    at = Array.isArray(at) ? at[Number(member)] : isObject(at) ? at[member] : undefined;
  }
  return path;
}

function typeFault(place: Place, params: Params, format: unknown): FieldError {
  const types = (Array.isArray(params.type) ? params.type : [params.type])
    .map(textOf)
    .filter((type) => type !== 'null');
  const [wanted, given] = formatMismatch(format, place.value) ?? [
    types.join(','),
    typeName(place.value),
  ];
  return wrongType(place, given, `must be of type ${wanted}: "${given}"`);
}

/**
 * The type of a value under a schema with a format: values other than texts, lists and null are
 * compared with the format (kube-openapi, pkg/validation/validate/type.go). The result is the
 * format, and that of the value.
 */
function formatMismatch(
  format: unknown,
  value: Json | undefined,
): readonly [string, string] | undefined {
  if (typeof format !== 'string' || !(format in FORMATS)) {
    return undefined;
  }
  if (typeof value === 'number') {
    return [format, Number.isInteger(value) ? 'int64' : 'float64'];
  }
  return typeof value === 'boolean' || isObject(value) ? [format, ''] : undefined;
}

function typeName(value: Json | undefined): string {
  if (value === null || value === undefined) {
    return 'null';
  }
  if (Array.isArray(value)) {
    return 'array';
  }
  if (typeof value === 'number') {
    return Number.isInteger(value) ? 'integer' : 'number';
  }
  return typeof value;
}

function wrongType({ path, body }: Place, shown: Json | undefined, why: string): FieldError {
  return { ...invalidValue(path, shown, `${body} ${why}`), reason: 'FieldValueTypeInvalid' };
}

function oneOfFault(path: string, { passingSchemas }: Params): FieldError {
  const found =
    passingSchemas === null || passingSchemas === undefined
      ? 'Found none valid'
      : 'Found 2 valid alternatives';
  return invalidValue(
    path,
    '',
    `"${path}" must validate one and only one schema (oneOf). ${found}`,
  );
}

function sizeFault(keyword: string, place: Place, limit: string): FieldError | undefined {
  const { path, body, value } = place;
  switch (keyword) {
    case 'maxLength':
      return {
        reason: 'FieldValueTooLong',
        field: path,
        message: `Too long: may not be more than ${limit} bytes`,
      };
    case 'minItems':
      return invalidValue(path, sizeOf(value), `${body} should have at least ${limit} items`);
    case 'minProperties':
      return invalidValue(path, sizeOf(value), `${body} should have at least ${limit} properties`);
    case 'maxItems':
    case 'maxProperties':
      return {
        reason: 'FieldValueTooMany',
        field: path,
        message: `Too many: ${String(sizeOf(value))}: must have at most ${limit} items`,
      };
    default:
      return undefined;
  }
}

function sizeOf(value: Json | undefined): number {
  if (Array.isArray(value)) {
    return value.length;
  }
  return isObject(value) ? Object.keys(value).length : 0;
}

function plainFault({ keyword, message, params }: ErrorObject, place: Place): FieldError {
  const words = PLAIN_WORDS[keyword]?.(params as Params) ?? message ?? 'is invalid';
  return invalidValue(place.path, place.value, `${place.body} ${words}`);
}
