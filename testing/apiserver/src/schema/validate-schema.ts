import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import type { Json } from '../model/json.ts';
import { isObject, textOf } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { FieldError } from '../model/status-error.ts';
import { invalidValue, requiredValue, unsupportedValue } from '../model/status-error.ts';
import { ajvSchema } from './ajv-schema.ts';
import { FORMATS } from './formats.ts';
import { hasRules, validateRules } from './rules.ts';
import type { Schema } from './schema.ts';
import { joinPath } from './schema.ts';
import { validateLists } from './validate-lists.ts';

// Patterns are Go's, without the syntax that JavaScript's unicode mode would refuse.
const ajv = new Ajv({
  allErrors: true,
  verbose: true,
  strict: false,
  unicodeRegExp: false,
  formats: FORMATS,
});
const compiled = new WeakMap<Schema, ValidateFunction>();

/** apiextensions-apiserver, pkg/registry/customresource/strategy.go. */
const RULES_NOT_CHECKED = invalidValue(
  '<nil>',
  null,
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
);

/**
 * Every fault of an object of a custom resource, in the API server's words. `old` is the state
 * before an update.
 */
export function validateSchema(
  schema: Schema,
  object: KubeObject,
  old: KubeObject | undefined,
): FieldError[] {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    validate = ajv.compile(ajvSchema(schema));
    compiled.set(schema, validate);
  }
  const errors = validate(object) ? [] : reported(validate.errors ?? []);
  const faults = [
    ...errors.flatMap((error) => fieldErrors(error, object)),
    ...validateLists(schema, object),
  ];
  if (!hasRules(schema)) {
    return faults;
  }
  // The API server evaluates the rules all the same when a value has the right type and size.
  const blocked = faults.some(
    ({ reason }) => !['FieldValueInvalid', 'FieldValueDuplicate'].includes(reason),
  );
  return [...faults, ...(blocked ? [RULES_NOT_CHECKED] : validateRules(schema, object, old))];
}

/**
 * Leaves out what the API server does not report: when no branch of `oneOf` or `anyOf` holds, only
 * the faults of the branch that comes closest; when several of `oneOf` hold, or for `not`, none.
 */
function reported(errors: readonly ErrorObject[]): ErrorObject[] {
  let left = [...errors];
  for (const error of errors) {
    if (error.keyword !== 'oneOf' && error.keyword !== 'anyOf') {
      continue;
    }
    const branches = new Map<string, ErrorObject[]>();
    for (const inner of errors) {
      if (
        !inner.schemaPath.startsWith(`${error.schemaPath}/`) ||
        !inner.instancePath.startsWith(error.instancePath)
      ) {
        continue;
      }
      const branch = inner.schemaPath.slice(error.schemaPath.length + 1).split('/')[0] ?? '';
      branches.set(branch, [...(branches.get(branch) ?? []), inner]);
    }
    const [, ...others] = [...branches.values()].sort((one, two) => one.length - two.length);
    const dropped = new Set(others.flat());
    left = left.filter((candidate) => !dropped.has(candidate));
  }
  return left;
}

function fieldErrors(error: ErrorObject, object: Json): FieldError[] {
  const path = pathOf(error.instancePath, object);
  const value = error.data as Json | undefined;
  const params = error.params as Readonly<Record<string, Json | undefined>>;
  const body = path === '' ? 'in body' : `${path} in body`;
  const limit = textOf(params.limit);
  const refuse = (why: string, shown: Json | undefined = value): FieldError[] => [
    invalidValue(path, shown, why),
  ];
  switch (error.keyword) {
    case 'required':
      return [requiredValue(joinPath(path, textOf(params.missingProperty)))];
    case 'type': {
      const types = Array.isArray(params.type) ? params.type : [params.type];
      const [wanted, given] = formatMismatch(error.parentSchema?.format, value) ?? [
        types
          .map(textOf)
          .filter((type) => type !== 'null')
          .join(','),
        typeName(value),
      ];
      return [
        {
          ...invalidValue(path, given, `${body} must be of type ${wanted}: "${given}"`),
          reason: 'FieldValueTypeInvalid',
        },
      ];
    }
    case 'format':
      return [
        {
          ...invalidValue(
            path,
            value,
            `${body} must be of type ${textOf(params.format)}: ${JSON.stringify(value)}`,
          ),
          reason: 'FieldValueTypeInvalid',
        },
      ];
    case 'enum':
      return [unsupportedValue(path, value, (params.allowedValues ?? []) as Json[])];
    case 'pattern':
      return refuse(`${body} should match '${textOf(params.pattern)}'`);
    case 'minimum':
      return refuse(`${body} should be greater than or equal to ${limit}`);
    case 'exclusiveMinimum':
      return refuse(`${body} should be greater than ${limit}`);
    case 'maximum':
      return refuse(`${body} should be less than or equal to ${limit}`);
    case 'exclusiveMaximum':
      return refuse(`${body} should be less than ${limit}`);
    case 'multipleOf':
      return refuse(`${body} should be a multiple of ${textOf(params.multipleOf)}`);
    case 'minLength':
      return refuse(`${body} should be at least ${limit} chars long`);
    case 'maxLength':
      return [
        {
          reason: 'FieldValueTooLong',
          field: path,
          message: `Too long: may not be more than ${limit} bytes`,
        },
      ];
    case 'minItems':
      return refuse(`${body} should have at least ${limit} items`, sizeOf(value));
    case 'minProperties':
      return refuse(`${body} should have at least ${limit} properties`, sizeOf(value));
    case 'maxItems':
    case 'maxProperties':
      return [
        {
          reason: 'FieldValueTooMany',
          field: path,
          message: `Too many: ${String(sizeOf(value))}: must have at most ${limit} items`,
        },
      ];
    case 'anyOf':
      return refuse(`"${path}" must validate at least one schema (anyOf)`, '');
    case 'oneOf': {
      const passing = params.passingSchemas;
      const found =
        passing === null || passing === undefined
          ? 'Found none valid'
          : 'Found 2 valid alternatives';
      return refuse(`"${path}" must validate one and only one schema (oneOf). ${found}`, '');
    }
    case 'not':
      return refuse(`"${path}" must not validate the schema (not)`, '');
    default:
      return refuse(`${body} ${error.message ?? 'is invalid'}`);
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

/**
 * Where the schema names a format, a value that is no text, list or null is held against it, and
 * not against the type (kube-openapi, pkg/validation/validate/type.go): the format, and that of the
 * value.
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

function sizeOf(value: Json | undefined): number {
  if (Array.isArray(value)) {
    return value.length;
  }
  return isObject(value) ? Object.keys(value).length : 0;
}
