import { ruleFaults } from '../cel/check-rules.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { equalJson, isObject, listAt, objectAt, stringAt, valueAt } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { labelFault1035 } from '../model/names.ts';
import type { FieldError } from '../model/status-error.ts';
import { invalidValue, requiredValue } from '../model/status-error.ts';
import { structuralFaults } from '../schema/structural-faults.ts';
import { compileJsonPath } from '../table/json-path.ts';

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const SELECTABLE_TYPES = ['string', 'boolean', 'integer'];

/**
 * The faults of the versions of a definition. The API server moves a schema or columns that all
 * versions share out of the versions, and its paths show that.
 */
export function versionFaults(definition: KubeObject): FieldError[] {
  const versions = listAt(definition, 'spec', 'versions');
  const faults = listFaults(versions);
  const [first] = versions;
  const schemas = versions.map((version) => valueAt(version, 'schema', 'openAPIV3Schema'));
  const missing = schemas.flatMap((schema, index) =>
    isObject(schema) ? [] : [requiredValue(`${at(index)}.schema.openAPIV3Schema`)],
  );
  faults.push(...missing);
  if (missing.length === 0) {
    const isShared = schemas.every((schema) => equalJson(schema, schemas[0]));
    const checked = isShared ? schemas.slice(0, 1) : schemas;
    faults.push(
      ...checked.flatMap((schema, index) =>
        schemaFaultsAt(
          isObject(schema) ? schema : {},
          isShared ? 'spec.validation.openAPIV3Schema' : `${at(index)}.schema.openAPIV3Schema`,
        ),
      ),
    );
  }
  for (const [member, check] of [
    ['additionalPrinterColumns', columnFaults],
    ['selectableFields', selectableFaults],
  ] as const) {
    const isShared = versions.every((version) =>
      equalJson(valueAt(version, member), valueAt(first, member)),
    );
    (isShared ? versions.slice(0, 1) : versions).forEach((version, index) => {
      const path = isShared ? `spec.${member}` : `${at(index)}.${member}`;
      faults.push(...check(version, path));
    });
  }
  return faults;
}

function at(index: number): string {
  return `spec.versions[${String(index)}]`;
}

function listFaults(versions: readonly Json[]): FieldError[] {
  const faults = versions.flatMap((version, index) => {
    const name = stringAt(version, 'name') ?? '';
    return [
      ...labelFault1035(`${at(index)}.name`, name),
      ...(index === 0 ? labelFault1035('spec.version', name) : []),
    ];
  });
  const names = versions.map((version) => stringAt(version, 'name'));
  if (new Set(names).size < names.length) {
    const why = 'must contain unique version names';
    faults.push(invalidValue('spec.versions', versions.map(goVersion), why));
  }
  if (versions.filter((version) => valueAt(version, 'storage') === true).length !== 1) {
    const why = 'must have exactly one version marked as storage version';
    faults.push(invalidValue('spec.versions', versions.map(goVersion), why));
  }
  return faults;
}

/** A version as Go prints it once its schema and columns have been moved out. */
function goVersion(version: Json): JsonObject {
  return {
    Name: stringAt(version, 'name') ?? '',
    Served: valueAt(version, 'served') === true,
    Storage: valueAt(version, 'storage') === true,
    Deprecated: valueAt(version, 'deprecated') === true,
    DeprecationWarning: stringAt(version, 'deprecationWarning') ?? null,
    Schema: null,
    Subresources: null,
    AdditionalPrinterColumns: null,
    SelectableFields: null,
  };
}

function schemaFaultsAt(schema: JsonObject, path: string): FieldError[] {
  const faults = structuralFaults(schema, path);
  // The API server compiles the rules of structural schemas only.
  return faults.length > 0 ? faults : ruleFaults(schema, path);
}

function columnFaults(version: Json, path: string): FieldError[] {
  return listAt(version, 'additionalPrinterColumns').flatMap((column, index) => {
    const columnPath = `${path}[${String(index)}]`;
    const type = stringAt(column, 'type') ?? '';
    const jsonPath = stringAt(column, 'jsonPath') ?? '';
    const faults: FieldError[] = [];
    if (!COLUMN_TYPES.includes(type)) {
      const why = `must be one of ${COLUMN_TYPES.join(',')}`;
      faults.push(invalidValue(`${columnPath}.type`, type, why));
    }
    const why = jsonPathFault(jsonPath);
    if (why !== undefined) {
      faults.push(invalidValue(`${columnPath}.JSONPath`, jsonPath, why));
    }
    return faults;
  });
}

function jsonPathFault(jsonPath: string): string | undefined {
  if (!jsonPath.startsWith('.')) {
    return 'must be a simple json path starting with .';
  }
  try {
    compileJsonPath(jsonPath);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'must be a simple json path starting with .';
  }
}

function selectableFaults(version: Json, path: string): FieldError[] {
  return listAt(version, 'selectableFields').flatMap((field, index) => {
    const jsonPath = stringAt(field, 'jsonPath') ?? '';
    const steps = jsonPath.split('.').slice(1);
    const schema = objectAt(
      version,
      'schema',
      'openAPIV3Schema',
      ...steps.flatMap((step) => ['properties', step]),
    );
    return SELECTABLE_TYPES.includes(stringAt(schema, 'type') ?? '')
      ? []
      : [
          invalidValue(
            `${path}[${String(index)}].jsonPath`,
            jsonPath,
            'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
          ),
        ];
  });
}
