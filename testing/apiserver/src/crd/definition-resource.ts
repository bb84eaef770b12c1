import { builtinResource } from '../builtin/define.ts';
import type { JsonObject } from '../model/json.ts';
import { isObject, listAt, objectAt, stringAt, valueAt } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { timestamp } from '../model/kube-object.ts';
import type { Resource } from '../model/resource.ts';
import type { FieldError } from '../model/status-error.ts';
import { invalidValue, requiredValue } from '../model/status-error.ts';
import { ruleFault } from '../schema/rules.ts';
import { compileJsonPath } from '../table/json-path.ts';

/** The key of CustomResourceDefinitions in the store. */
export const DEFINITIONS = 'apiextensions.k8s.io/customresourcedefinitions';

/**
 * `customresourcedefinitions` itself: names are accepted and the resource is served as soon as it
 * is stored.
 */
export const DEFINITION_RESOURCE: Resource = builtinResource({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  model: 'V1CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  hasStatus: true,
  hasGeneration: true,
  strategy: {
    setDefaults(definition) {
      const spec = objectAt(definition, 'spec');
      const names = objectAt(spec, 'names');
      if (spec === undefined || names === undefined) {
        return;
      }
      spec.conversion ??= { strategy: 'None' };
      const kind = stringAt(names, 'kind') ?? '';
      names.listKind ??= `${kind}List`;
      names.singular ??= kind.toLowerCase();
    },
    beforeCreate(definition, now) {
      definition.status = acceptedStatus(definition, now);
    },
    beforeUpdate(definition) {
      const status = objectAt(definition, 'status');
      if (status !== undefined) {
        status.acceptedNames = structuredClone(valueAt(definition, 'spec', 'names') ?? {});
      }
    },
    validate,
  },
});

function acceptedStatus(definition: KubeObject, now: Date): JsonObject {
  const stored = listAt(definition, 'spec', 'versions').filter(
    (version) => valueAt(version, 'storage') === true,
  );
  const condition = (type: string, reason: string, message: string): JsonObject => ({
    type,
    status: 'True',
    reason,
    message,
    lastTransitionTime: timestamp(now),
  });
  return {
    acceptedNames: structuredClone(valueAt(definition, 'spec', 'names') ?? {}),
    conditions: [
      condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
      condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
    ],
    storedVersions: stored.map((version) => stringAt(version, 'name') ?? ''),
  };
}

function validate(definition: KubeObject, old: KubeObject | undefined): FieldError[] {
  const group = stringAt(definition, 'spec', 'group') ?? '';
  const plural = stringAt(definition, 'spec', 'names', 'plural') ?? '';
  const scope = stringAt(definition, 'spec', 'scope');
  const versions = listAt(definition, 'spec', 'versions');
  const faults: FieldError[] = [];
  if (definition.metadata.name !== `${plural}.${group}`) {
    faults.push(
      invalidValue(
        'metadata.name',
        definition.metadata.name,
        'must be spec.names.plural+"."+spec.group',
      ),
    );
  }
  if (group === '') {
    faults.push(requiredValue('spec.group'));
  }
  if (plural === '') {
    faults.push(requiredValue('spec.names.plural'));
  }
  if (stringAt(definition, 'spec', 'names', 'kind') === undefined) {
    faults.push(requiredValue('spec.names.kind'));
  }
  if (scope !== 'Namespaced' && scope !== 'Cluster') {
    faults.push(requiredValue('spec.scope'));
  }
  if (old !== undefined && stringAt(old, 'spec', 'scope') !== scope) {
    faults.push(invalidValue('spec.scope', scope, 'field is immutable'));
  }
  if (versions.filter((version) => valueAt(version, 'storage') === true).length !== 1) {
    faults.push(
      invalidValue(
        'spec.versions',
        versions,
        'must have exactly one version marked as storage version',
      ),
    );
  }
  versions.forEach((version, index) => {
    const path = `spec.versions[${String(index)}]`;
    const schema = valueAt(version, 'schema', 'openAPIV3Schema');
    if (!isObject(schema)) {
      faults.push(requiredValue(`${path}.schema.openAPIV3Schema`, 'schemas are required'));
    } else {
      faults.push(...structuralFaults(schema, `${path}.schema.openAPIV3Schema`));
    }
    listAt(version, 'additionalPrinterColumns').forEach((printed, position) => {
      const jsonPath = stringAt(printed, 'jsonPath') ?? '';
      try {
        compileJsonPath(jsonPath);
      } catch (error) {
        const at = `${path}.additionalPrinterColumns[${String(position)}].jsonPath`;
        faults.push(
          invalidValue(at, jsonPath, error instanceof Error ? error.message : 'invalid JSONPath'),
        );
      }
    });
  });
  return faults;
}

/**
 * What makes a schema structural: every level has a type, unless it says that it takes anything.
 */
function structuralFaults(schema: JsonObject, path: string): FieldError[] {
  const faults: FieldError[] = [];
  const free =
    schema['x-kubernetes-int-or-string'] === true ||
    schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (stringAt(schema, 'type') === undefined && !free) {
    faults.push(requiredValue(`${path}.type`, 'must not be empty for specified object fields'));
  }
  if (schema.type === 'array' && !isObject(schema.items)) {
    faults.push(requiredValue(`${path}.items`, 'must be specified'));
  }
  listAt(schema, 'x-kubernetes-validations').forEach((rule, index) => {
    for (const member of ['rule', 'messageExpression']) {
      const expression = stringAt(rule, member);
      const why = expression === undefined ? undefined : ruleFault(expression);
      const at = `${path}.x-kubernetes-validations[${String(index)}].${member}`;
      if (why !== undefined) {
        faults.push(invalidValue(at, expression, why));
      }
    }
  });
  for (const [name, property] of Object.entries(objectAt(schema, 'properties') ?? {})) {
    if (isObject(property)) {
      faults.push(...structuralFaults(property, `${path}.properties[${name}]`));
    }
  }
  for (const inner of ['items', 'additionalProperties']) {
    const child = schema[inner];
    if (isObject(child)) {
      faults.push(...structuralFaults(child, `${path}.${inner}`));
    }
  }
  return faults;
}
