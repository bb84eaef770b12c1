import type { JsonObject } from './json.ts';
import { isObject, omit } from './json.ts';

/** `metadata` of a stored object. */
interface Metadata extends JsonObject {
  name: string;
  namespace?: string;
  generateName?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: JsonObject[];
  managedFields?: ManagedFieldsEntry[];
}

/**
 * Which fields one manager owns (`metadata.managedFields[]`); `fieldsV1` is the trie described in
 * `patch/field-set.ts`.
 */
export interface ManagedFieldsEntry extends JsonObject {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  time?: string;
  fieldsType: 'FieldsV1';
  fieldsV1: JsonObject;
  subresource?: string;
}

/**
 * A Kubernetes object. Objects handed out by the store are shared: clone them before changing them.
 */
export interface KubeObject extends JsonObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
}

/**
 * Makes a decoded body an object with `apiVersion`, `kind` and `metadata`, filling in missing
 * ones.
 */
export function kubeObjectFrom(body: JsonObject, apiVersion: string, kind: string): KubeObject {
  const metadata = isObject(body.metadata) ? body.metadata : {};
  const { apiVersion: givenVersion, kind: givenKind } = body;
  return {
    apiVersion: typeof givenVersion === 'string' && givenVersion !== '' ? givenVersion : apiVersion,
    kind: typeof givenKind === 'string' && givenKind !== '' ? givenKind : kind,
    metadata: { ...metadata, name: typeof metadata.name === 'string' ? metadata.name : '' },
    ...omit(body, 'apiVersion', 'kind', 'metadata'),
  };
}

/** An instant as the API writes it: RFC 3339, UTC, whole seconds. */
export function timestamp(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
