import type { Column, Resource, Strategy } from '../model/resource.ts';
import { modelSchema } from '../schema/client-node-models.ts';
import { NAME_AND_AGE } from '../table/column.ts';

/** The differences between built-in resources; the rest is derived. */
export interface BuiltinDefinition {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The model of `@kubernetes/client-node` that holds its schema. */
  readonly model: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly columns?: readonly Column[];
  readonly hasStatus?: boolean;
  readonly hasGeneration?: boolean;
  /** Nodes are registered together with their status. */
  readonly keepsStatusOnCreate?: boolean;
  readonly strategy?: Strategy;
}

/** A built-in resource from its definition. */
export function builtinResource(definition: BuiltinDefinition): Resource {
  const { group, version, kind, plural, namespaced } = definition;
  return {
    group,
    plural,
    kind,
    namespaced,
    singular: kind.toLowerCase(),
    listKind: `${kind}List`,
    shortNames: definition.shortNames ?? [],
    categories: definition.categories ?? [],
    storageVersion: version,
    custom: false,
    hasGeneration: definition.hasGeneration ?? false,
    statusClearedOnCreate: definition.hasStatus === true && definition.keepsStatusOnCreate !== true,
    strategy: definition.strategy ?? {},
    versions: [
      {
        name: version,
        served: true,
        schema: modelSchema(definition.model),
        columns: definition.columns ?? NAME_AND_AGE,
        hasStatus: definition.hasStatus ?? false,
      },
    ],
  };
}
