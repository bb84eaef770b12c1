import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as client from '@kubernetes/client-node';
import type { Schema } from '../model/schema.ts';
import { ANYTHING } from '../model/schema.ts';
import { ATOMIC_TYPES, MERGE_KEYS } from './merge-keys.ts';

interface Attribute {
  readonly baseName: string;
  readonly type: string;
  readonly format: string;
}

interface Declaration {
  readonly description: string | undefined;
  readonly fields: ReadonlyMap<
    string,
    { readonly description: string | undefined; readonly required: boolean }
  >;
}

const schemas = new Map<string, Schema>();
const modelFolder = join(
  dirname(createRequire(import.meta.url).resolve('@kubernetes/client-node')),
  'gen',
  'models',
);

/**
 * A schema whose fields are read when they are first looked at: the types refer to each other, some
 * to themselves.
 */
class ModelSchema implements Schema {
  readonly type = 'object';
  readonly model: string;
  readonly 'x-kubernetes-map-type'?: 'atomic';
  readonly usage?: string;
  readonly #className: string;
  #properties: Readonly<Record<string, Schema>> | undefined;
  #declaration: Declaration | undefined;

  constructor(className: string, usage?: string) {
    this.#className = className;
    if (usage !== undefined) {
      this.usage = usage;
    }
    this.model = schemaName(className);
    if (ATOMIC_TYPES.has(className)) {
      this['x-kubernetes-map-type'] = 'atomic';
    }
  }

  /** The same type, as a field that has a description of its own. */
  describedAs(usage: string | undefined): Schema {
    return usage === undefined ? this : new ModelSchema(this.#className, usage);
  }

  get description(): string {
    return this.#declared.description ?? '';
  }

  get required(): readonly string[] {
    return [...this.#declared.fields].filter(([, field]) => field.required).map(([name]) => name);
  }

  get properties(): Readonly<Record<string, Schema>> {
    this.#properties ??= Object.fromEntries(
      attributesOf(this.#className).map((attribute) => [
        attribute.baseName,
        this.#property(attribute),
      ]),
    );
    return this.#properties;
  }

  get #declared(): Declaration {
    this.#declaration ??= readDeclaration(this.#className);
    return this.#declaration;
  }

  #property(attribute: Attribute): Schema {
    const description = this.#declared.fields.get(attribute.baseName)?.description;
    const merging = MERGE_KEYS[this.#className]?.[attribute.baseName] ?? {};
    const base = schemaOfType(attribute.type, attribute.format, attribute.baseName);
    // Fields of another type are read lazily, so the schema is made anew for this use of the
    // type.
    if (base instanceof ModelSchema) {
      return base.describedAs(description);
    }
    return { ...base, ...(description === undefined ? {} : { description }), ...merging };
  }
}

/** Fields that hold quantities: the API takes `cpu: 1` as well as `cpu: "1"`. */
const QUANTITY_MAPS = new Set([
  'limits',
  'requests',
  'capacity',
  'allocatable',
  'hard',
  'used',
  'overhead',
]);

/** Types of the attribute maps that are no models. */
const BASIC_TYPES: Readonly<Record<string, (format: string) => Schema>> = {
  string: (format) => formatted('string', format),
  boolean: () => ({ type: 'boolean' }),
  number: (format) => formatted(format === 'double' ? 'number' : 'integer', format),
  Date: () => ({ type: 'string', format: 'date-time' }),
  V1MicroTime: () => ({ type: 'string', format: 'micro-time' }),
  IntOrString: () => ({ 'x-kubernetes-int-or-string': true }),
  any: () => ANYTHING,
};

/**
 * Schemas of Kubernetes' built-in types, read from the models that `@kubernetes/client-node`
 * generates from the Kubernetes OpenAPI document. Names, types and formats come from each model's
 * attribute map; descriptions and required fields come from its declaration file. The merging of
 * lists is not in there; `merge-keys.ts` adds that.
 */
export function modelSchema(model: string): Schema {
  const known = schemas.get(model);
  if (known !== undefined) {
    return known;
  }
  const schema = new ModelSchema(model);
  schemas.set(model, schema);
  return schema;
}

/** `V1PodSpec` is published as `io.k8s.api.v1.PodSpec`: kubectl shows the last part. */
function schemaName(className: string): string {
  const match = /^([A-Z][a-z]+)?V(\d+(?:(?:alpha|beta)\d+)?)([A-Z].*)$/.exec(className);
  if (match === null) {
    return `io.k8s.api.${className}`;
  }
  return ['io.k8s.api', match[1]?.toLowerCase(), `v${match[2] ?? ''}`, match[3]]
    .filter(Boolean)
    .join('.');
}

function attributesOf(className: string): readonly Attribute[] {
  const model: unknown = (client as Readonly<Record<string, unknown>>)[className];
  if (typeof model !== 'function' || !('getAttributeTypeMap' in model)) {
    throw new Error(
      `@kubernetes/client-node has no model ${className}; check its name against the installed version`,
    );
  }
  return (
    model as unknown as { getAttributeTypeMap(): readonly Attribute[] }
  ).getAttributeTypeMap();
}

function readDeclaration(className: string): Declaration {
  const source = readFileSync(join(modelFolder, `${className}.d.ts`), 'utf8');
  const fields = new Map<string, { description: string | undefined; required: boolean }>();
  const field = /(?:\/\*\*\s*((?:(?!\*\/)[\s\S])*?)\s*\*\/\s*)?^ {4}'([^'\n]+)'(\??):/gm;
  for (const match of source.matchAll(field)) {
    fields.set(match[2] ?? '', { description: docText(match[1]), required: match[3] === '' });
  }
  const description = /\/\*\*\s*((?:(?!\*\/)[\s\S])*?)\s*\*\/\s*export declare class/.exec(
    source,
  )?.[1];
  return { description: docText(description), fields };
}

/** The text of a JSDoc comment: without the stars and without the generator's escapes of quotes. */
function docText(comment: string | undefined): string | undefined {
  return comment
    ?.split('\n')
    .map((line) => line.replace(/^\s*\*\s?/, ''))
    .join('\n')
    .replace(/\\(['"])/g, '$1')
    .trim();
}

function schemaOfType(type: string, format: string, field: string): Schema {
  const array = /^Array<(.+)>$/.exec(type)?.[1];
  if (array !== undefined) {
    return { type: 'array', items: schemaOfType(array, format, field) };
  }
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1];
  if (map === 'string' && QUANTITY_MAPS.has(field)) {
    return { type: 'object', additionalProperties: { type: 'string', format: 'quantity' } };
  }
  if (map !== undefined) {
    return { type: 'object', additionalProperties: schemaOfType(map, format, field) };
  }
  return BASIC_TYPES[type]?.(format) ?? modelSchema(type);
}

function formatted(type: string, format: string): Schema {
  return format === '' ? { type } : { type, format };
}
