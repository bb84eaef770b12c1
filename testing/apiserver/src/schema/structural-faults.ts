import type { Json, JsonObject } from '../model/json.ts';
import { isObject, listAt, objectAt, stringAt } from '../model/json.ts';
import type { Schema } from '../model/schema.ts';
import type { FieldError } from '../model/status-error.ts';
import {
  forbiddenValue,
  invalidValue,
  requiredValue,
  unsupportedValue,
} from '../model/status-error.ts';
import { patternFault } from './re2.ts';
import { schemaFaults } from './validate-schema.ts';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

/** Keywords that only the structural part of a schema may have, not its logical branches. */
const STRUCTURAL_ONLY = [
  'type',
  'default',
  'nullable',
  'title',
  'description',
  'additionalProperties',
];

const LOGICAL = ['allOf', 'anyOf', 'oneOf'];

/**
 * Why a schema is not structural (apiextensions-apiserver, pkg/apiserver/schema): each level needs
 * a type unless it takes anything, and logical branches may only narrow it down.
 */
export function structuralFaults(root: JsonObject, path: string): FieldError[] {
  const faults: FieldError[] = [];
  const type = stringAt(root, 'type');
  if (type !== undefined && type !== 'object') {
    faults.push(invalidValue(`${path}.type`, type, 'must be object at the root'));
  }
  const metadata = objectAt(root, 'properties', 'metadata');
  const members = Object.keys(metadata?.properties ?? {});
  if (members.some((member) => member !== 'name' && member !== 'generateName')) {
    faults.push(
      forbiddenValue(
        `${path}.properties[metadata]`,
        'must not specify anything other than name and generateName, but metadata is implicitly specified',
      ),
    );
    return faults;
  }
  return faults.length > 0 ? faults : levelFaults(root, path);
}

function levelFaults(schema: JsonObject, path: string): FieldError[] {
  if (schema.$ref !== undefined) {
    return [forbiddenValue(`${path}.$ref`, '$ref is not supported')];
  }
  const isIntOrString = schema['x-kubernetes-int-or-string'] === true;
  return [
    ...typeFaults(schema, path),
    ...keywordFaults(schema, path),
    ...listFaults(schema, path),
    ...defaultFaults(schema, path),
    ...LOGICAL.flatMap((keyword) =>
      listAt(schema, keyword).flatMap((branch, index) =>
        branchFaults(branch, `${path}.${keyword}[${String(index)}]`, isIntOrString),
      ),
    ),
    ...branchFaults(schema.not, `${path}.not`, false),
    ...children(schema, path).flatMap(([child, at]) => levelFaults(child, at)),
  ];
}

function typeFaults(schema: JsonObject, path: string): FieldError[] {
  const type = stringAt(schema, 'type');
  const isFree =
    schema['x-kubernetes-int-or-string'] === true ||
    schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (type === undefined) {
    return isFree
      ? []
      : [requiredValue(`${path}.type`, 'must not be empty for specified object fields')];
  }
  if (!TYPES.includes(type)) {
    return [unsupportedValue(`${path}.type`, type, TYPES)];
  }
  if (type === 'array' && !isObject(schema.items)) {
    return [requiredValue(`${path}.items`, 'must be specified')];
  }
  const isBareResource =
    schema['x-kubernetes-embedded-resource'] === true &&
    schema['x-kubernetes-preserve-unknown-fields'] !== true &&
    !isObject(schema.properties);
  return isBareResource
    ? [
        requiredValue(
          `${path}.properties`,
          'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
        ),
      ]
    : [];
}

function keywordFaults(schema: JsonObject, path: string): FieldError[] {
  const faults: FieldError[] = [];
  if (schema.uniqueItems === true) {
    faults.push(
      forbiddenValue(
        `${path}.uniqueItems`,
        'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
      ),
    );
  }
  if (isObject(schema.properties) && schema.additionalProperties !== undefined) {
    faults.push(
      forbiddenValue(
        `${path}.additionalProperties`,
        'additionalProperties and properties are mutual exclusive',
      ),
    );
  }
  const pattern = stringAt(schema, 'pattern');
  const why = pattern === undefined ? undefined : patternFault(pattern);
  if (why !== undefined) {
    const message = `must be a valid regular expression, but isn't: ${why}`;
    faults.push(invalidValue(`${path}.pattern`, pattern, message));
  }
  return faults;
}

function listFaults(schema: JsonObject, path: string): FieldError[] {
  if (schema['x-kubernetes-list-type'] !== 'map') {
    return [];
  }
  const keys = listAt(schema, 'x-kubernetes-list-map-keys').map(String);
  if (keys.length === 0) {
    return [
      requiredValue(
        `${path}.x-kubernetes-list-map-keys`,
        'must not be empty if x-kubernetes-list-type is map',
      ),
    ];
  }
  const required = listAt(schema, 'items', 'required');
  return keys.flatMap((key) => {
    const property = objectAt(schema, 'items', 'properties', key);
    if (property === undefined) {
      const at = `${path}.x-kubernetes-list-map-keys`;
      return [invalidValue(at, keys, 'entries must all be names of item properties')];
    }
    return required.includes(key) || property.default !== undefined
      ? []
      : [
          requiredValue(
            `${path}.items.properties[${key}].default`,
            'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
          ),
        ];
  });
}

function defaultFaults(schema: JsonObject, path: string): FieldError[] {
  const { default: value } = schema;
  // The default of a schema that is itself at fault cannot be judged.
  if (value === undefined || !TYPES.includes(stringAt(schema, 'type') ?? '')) {
    return [];
  }
  if (typeof schema.pattern === 'string' && patternFault(schema.pattern) !== undefined) {
    return [];
  }
  return schemaFaults(schema as Schema, value).map((fault) => ({
    ...fault,
    field: `${path}.default${fault.field === '' ? '' : `.${fault.field}`}`,
  }));
}

/**
 * Faults of a branch of `allOf`, `anyOf`, `oneOf` or `not`. A branch that has a type is how
 * int-or-string is written, and a fault everywhere else.
 */
function branchFaults(
  branch: Json | undefined,
  path: string,
  isIntOrString: boolean,
): FieldError[] {
  if (!isObject(branch)) {
    return [];
  }
  const inner = [
    ...children(branch, path),
    ...LOGICAL.flatMap((keyword) =>
      listAt(branch, keyword)
        .filter(isObject)
        .map((deeper, index) => [deeper, `${path}.${keyword}[${String(index)}]`] as const),
    ),
  ];
  const own = STRUCTURAL_ONLY.filter((keyword) => branch[keyword] !== undefined);
  return [
    ...inner.flatMap(([child, at]) => branchFaults(child, at, isIntOrString)),
    ...own
      .filter((keyword) => keyword !== 'type' || !isIntOrString)
      .map((keyword) => forbiddenValue(`${path}.${keyword}`, 'must be empty to be structural')),
  ];
}

function children(schema: JsonObject, path: string): (readonly [JsonObject, string])[] {
  const found: [Json | undefined, string][] = [
    ...Object.entries(objectAt(schema, 'properties') ?? {}).map(
      ([name, property]): [Json | undefined, string] => [property, `${path}.properties[${name}]`],
    ),
    [schema.items, `${path}.items`],
    [schema.additionalProperties, `${path}.additionalProperties`],
  ];
  return found.filter((entry): entry is [JsonObject, string] => isObject(entry[0]));
}
