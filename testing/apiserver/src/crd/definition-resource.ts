import { builtinResource } from '../builtin/define.ts';
import { listAt, objectAt, stringAt, valueAt } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Resource } from '../model/resource.ts';
import { namingStatus } from './accepted-names.ts';
import { definitionFaults } from './definition-faults.ts';

/** The key of CustomResourceDefinitions in the store. */
export const DEFINITIONS = 'apiextensions.k8s.io/customresourcedefinitions';

/** Keeps a deleted definition until none of its objects is left. */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

/**
 * `customresourcedefinitions` itself: a definition is established at once when no other one has
 * its names. `stored` gives the definitions that exist.
 */
export function definitionResource(stored: () => readonly KubeObject[]): Resource {
  return builtinResource({
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
      setDefaults: setDefinitionDefaults,
      beforeCreate(definition, now) {
        definition.metadata.finalizers = [CLEANUP_FINALIZER];
        definition.status = {
          storedVersions: storageVersions(definition).slice(0, 1),
          ...namingStatus(definition, stored(), now),
        };
      },
      beforeUpdate(definition, old) {
        const versions = listAt(old, 'status', 'storedVersions').map(String);
        definition.status = {
          ...namingStatus(definition, stored(), new Date()),
          storedVersions: [...new Set([...versions, ...storageVersions(definition)])],
        };
      },
      validate: definitionFaults,
    },
  });
}

function setDefinitionDefaults(definition: KubeObject): void {
  const spec = objectAt(definition, 'spec');
  const names = objectAt(spec, 'names');
  if (spec === undefined || names === undefined) {
    return;
  }
  spec.conversion ??= { strategy: 'None' };
  const kind = stringAt(names, 'kind') ?? '';
  names.listKind ??= `${kind}List`;
  names.singular ??= kind.toLowerCase();
}

function storageVersions(definition: KubeObject): string[] {
  return listAt(definition, 'spec', 'versions')
    .filter((version) => valueAt(version, 'storage') === true)
    .map((version) => stringAt(version, 'name') ?? '');
}
