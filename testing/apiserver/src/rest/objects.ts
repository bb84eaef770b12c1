import type { JsonObject } from '../model/json.ts';
import { cloneJson, equalJson, isObject, objectAt, stringAt } from '../model/json.ts';
import type { KubeObject, ManagedFieldsEntry } from '../model/kube-object.ts';
import { groupVersion, inVersion, objectKey, resourceKey } from '../model/resource.ts';
import {
  alreadyExists,
  badRequest,
  conflict,
  invalid,
  methodNotAllowed,
  notFound,
  OBJECT_MODIFIED,
  StatusError,
} from '../model/status-error.ts';
import { applyPatch, PATCH_TYPES } from '../patch/apply-patch.ts';
import type { Manager } from '../patch/field-managers.ts';
import { apply, trackUpdate } from '../patch/field-managers.ts';
import type { Store } from '../store/store.ts';
import { admit, wholeSchema } from './admit.ts';
import { checkFinalizers, checkIdentity, checkPreconditions } from './check-identity.ts';
import { checkNamespace, setNamespace } from './check-namespace.ts';
import { beginMetadata, carryMetadata, generateName } from './metadata.ts';
import { removeObject } from './remove-object.ts';
import { reportFaults } from './report-faults.ts';
import type { Body, ResourceRequest, WriteRequest } from './request.ts';
import { validateObject } from './validate-object.ts';
import { withSubresource } from './with-subresource.ts';

/** The result of a write. */
export interface Written {
  readonly object: KubeObject;
  readonly created: boolean;
}

/** Reads and writes of single objects, with everything the API server does on the way. */
export class Objects {
  readonly #store: Store;
  readonly #now: () => Date;

  constructor(store: Store, now: () => Date) {
    this.#store = store;
    this.#now = now;
  }

  /** The object in the requested version. Throws 404. */
  get(request: ResourceRequest, name: string): KubeObject {
    const { resource, version } = request.served;
    const found = this.#store.get(resourceKey(resource), objectKey(request.namespace, name));
    if (found === undefined) {
      throw notFound(resource, name);
    }
    return inVersion(found, resource, version.name);
  }

  /** POST of a new object. Throws 400, 403, 404 (namespace), 409 and 422. */
  create(request: Omit<WriteRequest, 'name'>, body: Body): KubeObject {
    const admitted = admit(request.served, bodyObject(body), body.duplicates);
    reportFaults(request, admitted.faults);
    return this.#insert(request, admitted.object, undefined);
  }

  /** PUT. Throws 400, 404, 409 and 422. */
  update(request: WriteRequest, body: Body): KubeObject {
    const current = this.get(request, request.name);
    const admitted = admit(request.served, bodyObject(body), body.duplicates);
    reportFaults(request, admitted.faults);
    const { metadata } = admitted.object;
    const { resource } = request.served;
    if (metadata.name !== request.name) {
      throw badRequest(
        `the name of the object (${metadata.name}) does not match the name on the URL (${request.name})`,
      );
    }
    if (resource.custom && (metadata.resourceVersion ?? '') === '') {
      throw invalid(resource, metadata.name, [
        {
          reason: 'FieldValueInvalid',
          field: 'metadata.resourceVersion',
          message: 'Invalid value: 0: must be specified for an update',
        },
      ]);
    }
    return this.#replace(request, current, admitted.object, undefined);
  }

  /**
   * PATCH of any type. Throws 400, 404, 409, 415 and 422; server-side apply creates what is
   * missing.
   */
  patch(request: WriteRequest, mediaType: string, body: Body): Written {
    if (mediaType === PATCH_TYPES.apply) {
      return this.#apply(request, body);
    }
    const { served } = request;
    if (mediaType === PATCH_TYPES.strategic && served.resource.custom) {
      throw new StatusError(
        415,
        'UnsupportedMediaType',
        `the body of the request was in an unknown format - accepted media types include: ${PATCH_TYPES.json}, ${PATCH_TYPES.merge}, ${PATCH_TYPES.apply}`,
      );
    }
    const current = this.get(request, request.name);
    const patched = applyPatch(mediaType, wholeSchema(served), current, body.value);
    const admitted = admit(served, patched, body.duplicates);
    reportFaults(request, admitted.faults, { name: request.name, value: body.value });
    return { object: this.#replace(request, current, admitted.object, undefined), created: false };
  }

  /**
   * DELETE. Returns the object, and whether it is gone or only being deleted. Throws 404 and 409.
   */
  delete(
    request: WriteRequest,
    options: JsonObject,
  ): { readonly object: KubeObject; readonly gone: boolean } {
    const { resource } = request.served;
    const current = this.get(request, request.name);
    checkPreconditions(resource, current, {
      uid: stringAt(options, 'preconditions', 'uid'),
      resourceVersion: stringAt(options, 'preconditions', 'resourceVersion'),
    });
    if (request.options.dryRun) {
      return { object: current, gone: true };
    }
    return removeObject(this.#store, resource, current, options, this.#now());
  }

  #apply(request: WriteRequest, body: Body): Written {
    const { served, options, name } = request;
    const { resource, version } = served;
    const configuration = bodyObject(body);
    const apiVersion = groupVersion(resource.group, version.name);
    const schema = wholeSchema(served);
    const metadata = objectAt(configuration, 'metadata') ?? {};
    if (configuration.apiVersion !== apiVersion || configuration.kind !== resource.kind) {
      throw badRequest(`the applied configuration must be of ${apiVersion}, Kind=${resource.kind}`);
    }
    if (metadata.managedFields !== undefined) {
      throw badRequest('metadata.managedFields must be nil');
    }
    const key = objectKey(request.namespace, name);
    const current = this.#store.get(resourceKey(resource), key);
    if (current === undefined && request.subresource !== undefined) {
      throw notFound(resource, name);
    }
    const live = current === undefined ? undefined : inVersion(current, resource, version.name);
    const wanted = stringAt(metadata, 'resourceVersion');
    if (wanted !== undefined && wanted !== live?.metadata.resourceVersion) {
      throw conflict(resource, name, OBJECT_MODIFIED);
    }

    // Unknown fields are refused whatever fieldValidation says: nobody could own them.
    const checked = admit(served, { ...configuration, metadata: { name, ...metadata } }, []);
    const unknown = checked.faults[0];
    if (unknown !== undefined) {
      const path = /"(.*)"/.exec(unknown)?.[1] ?? unknown;
      const what = `${request.namespace === undefined ? '' : `${request.namespace}/`}${name}; ${apiVersion}, Kind=${resource.kind}`;
      throw new StatusError(
        500,
        '',
        `failed to create typed patch object (${what}): .${path}: field not declared in schema`,
      );
    }
    const owned = cloneJson(configuration);
    if (version.hasStatus) {
      if (request.subresource === undefined) {
        delete owned.status;
      } else {
        for (const field of Object.keys(owned)) {
          if (!APPLIED_WITH_STATUS.has(field)) {
            owned[field] = undefined;
          }
        }
      }
    }
    const writer = this.#writer(request, 'Apply');
    const { object: merged, managedFields } = apply(
      schema,
      live,
      owned,
      writer,
      options.force,
      this.#now(),
    );
    const { object } = admit(served, merged, []);
    if (live === undefined) {
      return { object: this.#insert(request, object, managedFields), created: true };
    }
    return { object: this.#replace(request, live, object, managedFields), created: false };
  }

  #insert(
    request: Omit<WriteRequest, 'name'>,
    object: KubeObject,
    managedFields: ManagedFieldsEntry[] | undefined,
  ): KubeObject {
    const { resource, version } = request.served;
    const { metadata } = object;
    if (resource.isTerminating === true) {
      throw methodNotAllowed('create not allowed while custom resource definition is terminating');
    }
    setNamespace(request, object);
    generateName(object);
    checkNamespace(this.#store, request, object);
    if ((metadata.resourceVersion ?? '') !== '') {
      throw badRequest('resourceVersion should not be set on objects to be created');
    }
    beginMetadata(object, resource, this.#now());
    if (resource.statusClearedOnCreate) {
      delete object.status;
    }
    resource.strategy.beforeCreate?.(object, this.#now());
    const key = objectKey(metadata.namespace, metadata.name);
    const existing = this.#store.get(resourceKey(resource), key);
    if (existing !== undefined) {
      const isDeleting = existing.metadata.deletionTimestamp !== undefined;
      throw alreadyExists(resource, metadata.name, isDeleting);
    }
    validateObject(request.served, object, undefined);
    const writer = this.#writer(request, 'Update');
    metadata.managedFields =
      managedFields ??
      trackUpdate(wholeSchema(request.served), undefined, object, writer, this.#now());
    const stored = request.options.dryRun
      ? object
      : this.#store.put(resourceKey(resource), key, object);
    return inVersion(this.#store.get(resourceKey(resource), key) ?? stored, resource, version.name);
  }

  #replace(
    request: WriteRequest,
    current: KubeObject,
    object: KubeObject,
    managedFields: ManagedFieldsEntry[] | undefined,
  ): KubeObject {
    const { resource, version } = request.served;
    setNamespace(request, object);
    checkIdentity(resource, current, object);
    const next = cloneJson(withSubresource(request, current, object));
    carryMetadata(next, current, resource);
    if (request.subresource === undefined) {
      resource.strategy.beforeUpdate?.(next, current);
    }
    validateObject(request.served, next, current);
    const fields =
      managedFields ??
      trackUpdate(
        wholeSchema(request.served),
        current,
        next,
        this.#writer(request, 'Update'),
        this.#now(),
      );
    next.metadata.managedFields = fields;
    next.metadata.resourceVersion = current.metadata.resourceVersion ?? '';
    if (equalJson(next, current)) {
      return current;
    }
    checkFinalizers(resource, current, next);
    if (request.options.dryRun) {
      return next;
    }
    const key = objectKey(request.namespace, request.name);
    const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = next.metadata;
    const released =
      deletionTimestamp !== undefined &&
      deletionGracePeriodSeconds === 0 &&
      finalizers.length === 0;
    if (released && removeObject(this.#store, resource, next, {}, this.#now()).gone) {
      return next;
    }
    const stored = this.#store.put(
      resourceKey(resource),
      key,
      inVersion(next, resource, resource.storageVersion),
    );
    return inVersion(this.#store.get(resourceKey(resource), key) ?? stored, resource, version.name);
  }

  #writer(request: Omit<WriteRequest, 'name'>, operation: 'Apply' | 'Update'): Manager {
    const { resource, version } = request.served;
    return {
      manager: request.options.fieldManager,
      operation,
      apiVersion: groupVersion(resource.group, version.name),
      subresource: request.subresource,
    };
  }
}

const APPLIED_WITH_STATUS = new Set(['apiVersion', 'kind', 'metadata', 'status']);

function bodyObject(body: Body): JsonObject {
  if (isObject(body.value)) {
    return body.value;
  }
  throw badRequest('the body of the request must be an object');
}
