import { byPreference } from '../discovery/discovery.ts';
import type { Json } from '../model/json.ts';
import { listAt, objectAt, stringAt, valueAt } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Resource, ResourceVersion } from '../model/resource.ts';
import type { Schema } from '../model/schema.ts';
import { ANYTHING } from '../model/schema.ts';
import { printerColumns } from './printer-columns.ts';

/** The resource that an accepted CustomResourceDefinition describes. */
export function customResourceFrom(definition: KubeObject): Resource {
  const names = objectAt(definition, 'spec', 'names') ?? {};
  const kind = stringAt(names, 'kind') ?? '';
  const versions = listAt(definition, 'spec', 'versions');
  const stored = versions.find((version) => valueAt(version, 'storage') === true);
  return {
    group: stringAt(definition, 'spec', 'group') ?? '',
    plural: stringAt(names, 'plural') ?? '',
    singular: stringAt(names, 'singular') ?? kind.toLowerCase(),
    kind,
    listKind: stringAt(names, 'listKind') ?? `${kind}List`,
    shortNames: listAt(names, 'shortNames').map(String),
    categories: listAt(names, 'categories').map(String),
    namespaced: stringAt(definition, 'spec', 'scope') === 'Namespaced',
    versions: versions.map((version) => versionFrom(definition, version)),
    storageVersion: stringAt(stored, 'name') ?? '',
    custom: true,
    isTerminating: definition.metadata.deletionTimestamp !== undefined,
    hasGeneration: true,
    statusClearedOnCreate: valueAt(stored, 'subresources', 'status') !== undefined,
    strategy: {},
  };
}

function versionFrom(definition: KubeObject, version: Json): ResourceVersion {
  const schema = objectAt(version, 'schema', 'openAPIV3Schema') as Schema | undefined;
  const name = stringAt(version, 'name') ?? '';
  return {
    name,
    served: valueAt(version, 'served') === true,
    schema: schema ?? ANYTHING,
    columns: printerColumns(listAt(version, 'additionalPrinterColumns')),
    hasStatus: valueAt(version, 'subresources', 'status') !== undefined,
    ...(valueAt(version, 'deprecated') === true
      ? { deprecationWarning: deprecationOf(definition, version, name) }
      : {}),
  };
}

function deprecationOf(definition: KubeObject, version: Json, name: string): string {
  const group = stringAt(definition, 'spec', 'group') ?? '';
  const kind = stringAt(definition, 'spec', 'names', 'kind') ?? '';
  const newest = listAt(definition, 'spec', 'versions')
    .filter((other) => valueAt(other, 'served') === true && valueAt(other, 'deprecated') !== true)
    .map((other) => stringAt(other, 'name') ?? '')
    .sort(byPreference)[0];
  const instead = newest === undefined ? '' : `; use ${group}/${newest} ${kind}`;
  return (
    stringAt(version, 'deprecationWarning') ?? `${group}/${name} ${kind} is deprecated${instead}`
  );
}
