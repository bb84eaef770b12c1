import type { JsonObject } from '../model/json.ts';
import { cloneJson, equalJson, isObject, stringAt } from '../model/json.ts';
import type { KubeObject, ManagedFieldsEntry } from '../model/kube-object.ts';
import { groupVersion, inVersion, objectKey, resourceKey } from '../model/resource.ts';
import {
  alreadyExists,
  badRequest,
  forbidden,
  invalid,
  methodNotAllowed,
  notFound,
  StatusError,
} from '../model/status-error.ts';
import { applyPatch, PATCH_TYPES } from '../patch/apply-patch.ts';
import type { Manager } from '../patch/field-managers.ts';
import { apply, trackUpdate } from '../patch/field-managers.ts';
import type { Store } from '../store/store.ts';
import { admit, wholeSchema } from './admit.ts';
import { appliedConfiguration } from './apply-configuration.ts';
import { checkFinalizers, checkIdentity, checkPreconditions } from './check-identity.ts';
import { checkNamespace, checkServiceAccount, setNamespace } from './check-namespace.ts';
import { checkDeleteOptions } from './delete-options.ts';
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
   * PATCH of any type. Throws 400, 404, 409, 415 and 422; server-side apply creates a
   * missing object.
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
    checkDeleteOptions(options);
    if (resourceKey(resource) === '/namespaces' && PERMANENT.has(request.name)) {
      throw forbidden(resource, request.name, 'this namespace may not be deleted');
    }
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
    const key = objectKey(request.namespace, name);
    const current = this.#store.get(resourceKey(resource), key);
    const live = current === undefined ? undefined : inVersion(current, resource, version.name);
    const owned = appliedConfiguration(request, bodyObject(body), live);
    if (live === undefined && request.subresource !== undefined) {
      throw notFound(resource, name);
    }
    const { object: merged, managedFields } = apply(
      wholeSchema(served),
      live,
      owned,
      this.#writer(request, 'Apply'),
      options.force,
      this.#now(),
    );
    const { object } = admit(served, merged, []);
    if (live !== undefined) {
      return { object: this.#replace(request, live, object, managedFields), created: false };
    }
    // A version of an object that does not exist is no precondition.
    delete object.metadata.resourceVersion;
    return { object: this.#insert(request, object, managedFields), created: true };
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
    checkServiceAccount(this.#store, request, object);
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
    } else {
      resource.strategy.beforeStatusUpdate?.(next, current);
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

/** Namespaces that the API server does not delete. */
const PERMANENT: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

function bodyObject(body: Body): JsonObject {
  if (isObject(body.value)) {
    return body.value;
  }
  throw badRequest('the body of the request must be an object');
}
