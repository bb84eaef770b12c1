import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../model/json.ts';
import { omit, textOf } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import type { Schema } from '../model/schema.ts';
import { modelSchema } from '../schema/client-node-models.ts';
import { groupsOf, servedIn } from './discovery.ts';

/**
 * kubectl reads from the parameters of a patch whether the server knows `dryRun` and
 * `fieldValidation`.
 */
const WRITE_PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation', 'force'];

const {
  apiVersion = {},
  kind: kindMember = {},
  metadata = {},
} = modelSchema('V1Pod').properties ?? {};
const typeMembers = { apiVersion, kind: kindMember, metadata };

/** Collects schemas by name; built-in types are published once and referred to. */
class Components {
  readonly schemas: JsonObject = {};
  readonly #prefix: string;
  readonly #embed: (reference: JsonObject) => JsonObject;

  /** Version 3 keeps schemas in another place than 2, and lets nothing stand beside a reference. */
  constructor(version: 2 | 3) {
    this.#prefix = version === 2 ? '#/definitions/' : '#/components/schemas/';
    this.#embed =
      version === 2 ? (reference) => reference : (reference) => ({ allOf: [reference] });
  }

  /** Adds the schema of a resource and returns its name. */
  addRoot(resource: Resource, schema: Schema, kind: JsonObject): string {
    const name = schema.model ?? customName(resource, textOf(kind.version));
    const published = this.#body({
      ...whole(schema),
      ...(resource.custom
        ? {
            properties: {
              ...schema.properties,
              // The members that every object has are described as those of a Pod are.
              ...typeMembers,
            },
          }
        : {}),
    });
    this.schemas[name] = { ...published, 'x-kubernetes-group-version-kind': [kind] };
    return name;
  }

  #reference(schema: Schema): Json {
    if (schema.model === undefined) {
      return this.#body(schema);
    }
    if (!(schema.model in this.schemas)) {
      this.schemas[schema.model] = {};
      this.schemas[schema.model] = this.#body(whole(schema));
    }
    const reference = { $ref: `${this.#prefix}${schema.model}` };
    return schema.usage === undefined
      ? reference
      : { description: schema.usage, ...this.#embed(reference) };
  }

  #body(schema: Schema): JsonObject {
    const { properties, items, additionalProperties } = schema;
    const body = omit(
      { ...schema } as unknown as JsonObject,
      'model',
      'usage',
      'properties',
      'items',
      'additionalProperties',
    );
    if (schema['x-kubernetes-int-or-string'] === true && schema.model === undefined) {
      body.format = 'int-or-string';
    }
    if (schema.format === 'micro-time') {
      body.format = 'date-time';
    }
    if (items !== undefined) {
      body.items = this.#reference(items);
    }
    if (typeof additionalProperties === 'object') {
      body.additionalProperties = this.#reference(additionalProperties);
    } else if (additionalProperties !== undefined) {
      body.additionalProperties = additionalProperties;
    }
    if (properties !== undefined) {
      body.properties = Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, this.#reference(property)]),
      );
    }
    return body;
  }
}

/**
 * `GET /openapi/v3`: where the document of each group version is, with a hash that changes with its
 * content.
 */
export function openApiIndex(resources: readonly Resource[]): JsonObject {
  const paths: JsonObject = {};
  for (const { group, versions } of groupsOf(resources)) {
    for (const version of versions) {
      const path = group === '' ? `api/${version}` : `apis/${group}/${version}`;
      const custom = servedIn(resources, group, version).map(({ resource, version: of }) =>
        resource.custom ? [resource.plural, resource.kind, of.schema] : [resource.plural],
      );
      const hash = createHash('sha256').update(JSON.stringify(custom)).digest('hex').toUpperCase();
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
    }
  }
  return { paths };
}

/** `GET /openapi/v3/…`: the document of one group version; undefined when it is not served. */
export function openApiDocument(
  resources: readonly Resource[],
  group: string,
  version: string,
): JsonObject | undefined {
  const served = servedIn(resources, group, version);
  if (served.length === 0) {
    return undefined;
  }
  const components = new Components(3);
  const paths: JsonObject = {};
  for (const { resource, version: of } of served) {
    const kind = { group, version, kind: resource.kind };
    const name = components.addRoot(resource, of.schema, kind);
    const prefix = group === '' ? '/api/v1' : `/apis/${group}/${version}`;
    const collection = resource.namespaced
      ? `${prefix}/namespaces/{namespace}/${resource.plural}`
      : `${prefix}/${resource.plural}`;
    const operation = (action: string): JsonObject => operationOf(action, kind, name);
    paths[collection] = { get: operation('list'), post: operation('post') };
    paths[`${collection}/{name}`] = {
      get: operation('get'),
      put: operation('put'),
      patch: operation('patch'),
      delete: operation('delete'),
    };
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'stand-in' },
    paths,
    components: { schemas: components.schemas },
  };
}

/** `GET /openapi/v2`: the same schemas as one Swagger document. */
export function openApiV2(resources: readonly Resource[]): JsonObject {
  const components = new Components(2);
  for (const resource of resources) {
    for (const version of resource.versions.filter((candidate) => candidate.served)) {
      components.addRoot(resource, version.schema, {
        group: resource.group,
        version: version.name,
        kind: resource.kind,
      });
    }
  }
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: 'stand-in' },
    paths: {},
    definitions: components.schemas,
  };
}

/** `io.antrea.crd.v1beta1.Egress`: the group reversed, as the server names them. */
function customName(resource: Resource, version: string): string {
  return [...resource.group.split('.').reverse(), version, resource.kind].join('.');
}

/**
 * The fields of a schema of a built-in type, which are getters of a class and so not copied by
 * spreading.
 */
function whole(schema: Schema): Schema {
  const { description, properties, required } = schema;
  return {
    ...schema,
    ...(description === undefined ? {} : { description }),
    ...(properties === undefined ? {} : { properties }),
    ...(required === undefined || required.length === 0 ? {} : { required }),
  };
}

function operationOf(action: string, kind: JsonObject, schemaName: string): JsonObject {
  const writes = ['post', 'put', 'patch'].includes(action);
  const parameters = writes ? WRITE_PARAMETERS : [];
  const content = {
    'application/json': { schema: { $ref: `#/components/schemas/${schemaName}` } },
  };
  return {
    parameters: parameters.map((name) => ({
      name,
      in: 'query',
      schema: { type: 'string', uniqueItems: true },
    })),
    responses: { 200: { description: 'OK', content } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': kind,
  };
}
