import type { JsonObject } from './json.ts';
import { omit } from './json.ts';
import type { KubeObject } from './kube-object.ts';
import type { Schema } from './schema.ts';
import type { FieldError } from './status-error.ts';

/**
 * A column of the Table that `kubectl get` prints. Priority 0 is always shown, others with `-o
 * wide`.
 */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority: number;
  /** The cell of an object; `now` makes ages. */
  readonly cell: (object: KubeObject, now: Date) => string | number | boolean | null;
}

/** One served version of a resource. */
export interface ResourceVersion {
  readonly name: string;
  readonly served: boolean;
  readonly schema: Schema;
  readonly columns: readonly Column[];
  /** `status` is written by PUT and PATCH of `/status` only. */
  readonly hasStatus: boolean;
  readonly deprecationWarning?: string;
}

/**
 * The actions of a resource on its own account when it is written. Every function changes the
 * object in place.
 */
export interface Strategy {
  /** Defaults that are not in the schema. */
  readonly setDefaults?: (object: KubeObject) => void;
  /** The state a new object begins with (phase, allocated addresses). */
  readonly beforeCreate?: (object: KubeObject, now: Date) => void;
  readonly beforeUpdate?: (object: KubeObject, old: KubeObject) => void;
  /** The same for a write of `/status`. */
  readonly beforeStatusUpdate?: (object: KubeObject, old: KubeObject) => void;
  /** Faults of a new or changed object, beside those of its schema. */
  readonly validate?: (object: KubeObject, old: KubeObject | undefined) => readonly FieldError[];
  /**
   * Seconds between a delete and the removal that the Node confirms; undefined: removed at once.
   */
  readonly gracePeriodSeconds?: (
    object: KubeObject,
    asked: number | undefined,
  ) => number | undefined;
}

/** One resource of the API: the objects under `/apis/<group>/<version>/…/<plural>`. */
export interface Resource {
  readonly group: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly versions: readonly ResourceVersion[];
  readonly storageVersion: string;
  /**
   * Custom resources are validated, pruned and defaulted by their schema; built-in types are
   * decoded by it.
   */
  readonly custom: boolean;
  /** Its definition is being deleted: nothing new is created. */
  readonly isTerminating?: boolean;
  /** Whether `metadata.generation` counts changes of everything but metadata and status. */
  readonly hasGeneration: boolean;
  /** Whether a status sent with a create is dropped. */
  readonly statusClearedOnCreate: boolean;
  readonly strategy: Strategy;
}

/** The key of a resource in the store: `<group>/<plural>`. */
export function resourceKey(resource: { readonly group: string; readonly plural: string }): string {
  return `${resource.group}/${resource.plural}`;
}

/**
 * The key of an object in the store: `<namespace>/<name>`, or `<name>` when it has no namespace.
 */
export function objectKey(namespace: string | undefined, name: string): string {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

/** The object in another version of its resource: the shape is the same, only the label changes. */
export function inVersion(object: KubeObject, resource: Resource, version: string): KubeObject {
  const apiVersion = groupVersion(resource.group, version);
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

/** `v1` or `<group>/<version>`. */
export function groupVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

/**
 * Members of an object besides its type, metadata and status; `metadata.generation` counts their
 * changes.
 */
export function specOf(object: KubeObject): JsonObject {
  return omit(object, 'apiVersion', 'kind', 'metadata', 'status');
}
