import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import { hasRules, validateRules } from '../cel/validate-rules.ts';
import { FORMATS } from '../model/formats.ts';
import type { Json } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Schema } from '../model/schema.ts';
import type { FieldError } from '../model/status-error.ts';
import { invalidValue } from '../model/status-error.ts';
import { faultFromAjv } from './ajv-faults.ts';
import { ajvSchema } from './ajv-schema.ts';
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
  const faults = schemaFaults(schema, object);
  if (!hasRules(schema)) {
    return faults;
  }
  // The API server evaluates the rules all the same when a value has the right type and size.
  const blocked = faults.some(
    ({ reason }) => !['FieldValueInvalid', 'FieldValueDuplicate'].includes(reason),
  );
  return [...faults, ...(blocked ? [RULES_NOT_CHECKED] : validateRules(schema, object, old))];
}

/** The faults of a value in all but its CEL rules. */
export function schemaFaults(schema: Schema, value: Json): FieldError[] {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    validate = ajv.compile(ajvSchema(schema));
    compiled.set(schema, validate);
  }
  const errors = validate(value) ? [] : reported(validate.errors ?? []);
  return [...errors.map((error) => faultFromAjv(error, value)), ...validateLists(schema, value)];
}

/**
 * Leaves out faults that the API server does not report. When no branch of `oneOf` or `anyOf`
 * holds, only the faults of the closest branch stay. When several of `oneOf` hold, or for `not`,
 * none do.
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
