import type { JsonObject } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { kubeObjectFrom } from '../model/kube-object.ts';
import { groupVersion } from '../model/resource.ts';
import type { Schema } from '../model/schema.ts';
import { badRequest } from '../model/status-error.ts';
import { modelSchema } from '../schema/client-node-models.ts';
import { decodeBuiltin } from '../schema/decode-builtin.ts';
import { dropNulls } from '../schema/drop-nulls.ts';
import { prune } from '../schema/prune.ts';
import { setDefaults } from '../schema/set-defaults.ts';
import type { ServedResource } from './registry.ts';

/** An object as the server takes it in, and the parts it left out. */
export interface Admitted {
  readonly object: KubeObject;
  /** `unknown field "spec.x"`, `duplicate field "spec.y"`: for warnings or refusal. */
  readonly faults: readonly string[];
}

/**
 * Decodes a body for a resource: checks its type, removes unknown fields, sets defaults. Throws
 * 400.
 */
export function admit(
  served: ServedResource,
  body: JsonObject,
  duplicates: readonly string[],
): Admitted {
  const { resource, version } = served;
  const apiVersion = groupVersion(resource.group, version.name);
  // Patches leave undefined members behind; in a copy by way of JSON they are gone.
  const object = kubeObjectFrom(
    JSON.parse(JSON.stringify(body)) as JsonObject,
    apiVersion,
    resource.kind,
  );
  if (object.apiVersion !== apiVersion || object.kind !== resource.kind) {
    throw badRequest(
      object.kind === resource.kind
        ? `the API version in the data (${object.apiVersion}) does not match the expected API version (${apiVersion})`
        : `${object.kind} in version "${version.name}" cannot be handled as a ${resource.kind}: no kind "${object.kind}" is registered for version "${object.apiVersion}"`,
    );
  }
  const schema = wholeSchema(served);
  if (resource.custom) {
    decodeBuiltin(modelSchema('V1ObjectMeta'), object.metadata, resource.kind, apiVersion);
  } else {
    decodeBuiltin(schema, object, resource.kind, apiVersion);
  }
  const unknown = prune(schema, object).map((path) => `unknown field "${path}"`);
  if (resource.custom) {
    setDefaults(version.schema, object);
    dropNulls(version.schema, object);
  }
  resource.strategy.setDefaults?.(object);
  return { object, faults: [...unknown, ...duplicates.map((path) => `duplicate field "${path}"`)] };
}

/**
 * The schema of a resource with that of `metadata`, which no CustomResourceDefinition describes.
 */
export function wholeSchema({ resource, version }: ServedResource): Schema {
  if (!resource.custom) {
    return version.schema;
  }
  return {
    ...version.schema,
    properties: {
      ...version.schema.properties,
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: modelSchema('V1ObjectMeta'),
    },
  };
}
