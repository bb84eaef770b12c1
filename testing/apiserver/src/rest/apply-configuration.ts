import type { JsonObject } from '../model/json.ts';
import { objectAt, omit, stringAt, textOf } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { groupVersion } from '../model/resource.ts';
import {
  badRequest,
  conflict,
  invalid,
  OBJECT_MODIFIED,
  requiredValue,
  StatusError,
} from '../model/status-error.ts';
import { typeMismatch } from '../schema/type-mismatch.ts';
import { admit, wholeSchema } from './admit.ts';
import type { WriteRequest } from './request.ts';

/** Members of a configuration that is applied to `/status`. */
const APPLIED_WITH_STATUS = ['apiVersion', 'kind', 'metadata', 'status'];

/**
 * The part of an applied configuration that its manager will own. Throws 400, 409, 422 and, for a
 * configuration that does not fit the schema, 500 as the API server does.
 */
export function appliedConfiguration(
  request: WriteRequest,
  configuration: JsonObject,
  live: KubeObject | undefined,
): JsonObject {
  if (!request.options.hasFieldManager) {
    throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [
      requiredValue('fieldManager', 'is required for apply patch'),
    ]);
  }
  checkIdentity(request, configuration, live);
  checkFields(request, configuration);
  if (!request.served.version.hasStatus) {
    return configuration;
  }
  const others = Object.keys(configuration).filter((key) => !APPLIED_WITH_STATUS.includes(key));
  return request.subresource === undefined
    ? omit(configuration, 'status')
    : omit(configuration, ...others);
}

function checkIdentity(
  { served: { resource, version }, name }: WriteRequest,
  configuration: JsonObject,
  live: KubeObject | undefined,
): void {
  const { apiVersion, kind } = configuration;
  const metadata = objectAt(configuration, 'metadata') ?? {};
  if (apiVersion !== groupVersion(resource.group, version.name) || kind !== resource.kind) {
    throw badRequest(`invalid object type: ${textOf(apiVersion)}, Kind=${textOf(kind)}`);
  }
  if (metadata.managedFields !== undefined) {
    throw badRequest('metadata.managedFields must be nil');
  }
  const uid = stringAt(metadata, 'uid');
  if (live === undefined && uid !== undefined) {
    const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
    throw conflict(resource, name, why);
  }
  const wanted = stringAt(metadata, 'resourceVersion');
  if (live !== undefined && wanted !== undefined && wanted !== live.metadata.resourceVersion) {
    throw conflict(resource, name, OBJECT_MODIFIED);
  }
}

/** Unknown fields are refused whatever `fieldValidation` says: nobody could own them. */
function checkFields(request: WriteRequest, configuration: JsonObject): void {
  const { served, name, namespace = '' } = request;
  const { resource, version } = served;
  const mismatch = typeMismatch(wholeSchema(served), configuration);
  const metadata = { name, ...objectAt(configuration, 'metadata') };
  const unknown =
    mismatch === undefined
      ? admit(served, { ...configuration, metadata }, []).faults[0]
      : undefined;
  const path = unknown === undefined ? undefined : (/"(.*)"/.exec(unknown)?.[1] ?? unknown);
  const why =
    mismatch ?? (path === undefined ? undefined : `.${path}: field not declared in schema`);
  if (why !== undefined) {
    const apiVersion = groupVersion(resource.group, version.name);
    const subject = `${namespace}/${name}; ${apiVersion}, Kind=${resource.kind}`;
    throw new StatusError(500, '', `failed to create typed patch object (${subject}): ${why}`);
  }
}
