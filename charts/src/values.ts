import type { Node, Pair, Scalar } from 'yaml';
import { isMap, isPair, parseDocument } from 'yaml';

/** One value of a chart, with the comment above it. */
export interface ValueField {
  /** Such as `controller.port`. */
  readonly path: string;
  readonly value: unknown;
  /** Without it, the value is only a group of others. */
  readonly description: string | undefined;
  /** The part of the schema that the value alone does not tell. */
  readonly schema: JsonSchema;
  readonly fields: readonly ValueField[];
}

/** The part of JSON Schema that helm checks values with. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly [keyword: string]: unknown;
}

/**
 * Reads the fields of values.yaml and their comments. Throws for a value without a description,
 * and for a comment that is no JSON.
 */
export function readValues(text: string): readonly ValueField[] {
  const { contents } = parseDocument(text);
  return isMap(contents) ? fieldsOf(contents.items, '', contents) : [];
}

/** The schema of all values; it refuses names that do not exist. */
export function schemaFor(fields: readonly ValueField[]): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...objectOf(fields),
    // helm adds it for charts that have this one as a part.
    properties: { ...objectOf(fields).properties, global: { type: 'object' } },
  };
}

/** A table of all values in Markdown. */
export function renderTable(fields: readonly ValueField[]): string {
  const rows = leavesOf(fields).map(
    ({ path, value, description = '' }) =>
      `| \`${path}\` | \`${JSON.stringify(value)}\` | ${description.replaceAll('|', '\\|')} |`,
  );
  return ['| value | default | meaning |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

function fieldsOf(pairs: readonly Pair[], prefix: string, parent: Node): readonly ValueField[] {
  return pairs.filter(isPair).map((pair, index) => {
    const key = pair.key as Scalar<string>;
    // The comment above the first field belongs to the map around it.
    const above = key.commentBefore ?? (index === 0 ? parent.commentBefore : undefined) ?? '';
    return fieldOf(key.value, pair.value as Node, prefix, above);
  });
}

function fieldOf(name: string, value: Node, prefix: string, comment: string): ValueField {
  const path = prefix === '' ? name : `${prefix}.${name}`;
  const { description, schema } = parseComment(comment, path);
  const isGroup = isMap(value) && description === undefined;
  const plain: unknown = value.toJS(parseDocument(''));
  if (!isGroup && description === undefined) {
    throw new Error(`values.yaml: ${path} has no comment that begins with "# --"`);
  }
  const fields = isGroup ? fieldsOf(value.items, path, value) : [];
  return { path, value: plain, description, schema, fields };
}

function parseComment(comment: string, path: string): Pick<ValueField, 'description' | 'schema'> {
  // The last paragraph is the comment of the field; others speak of the whole file.
  const lines = (comment.split(/\n\s*\n/).at(-1) ?? '').split('\n').map((line) => line.trim());
  const [annotation] = lines.filter((line) => line.startsWith('@schema '));
  const prose = lines.filter((line) => line !== annotation);
  const start = prose.findIndex((line) => line.startsWith('-- '));
  const description =
    start === -1 ? undefined : prose.slice(start).join(' ').replace('-- ', '').trim();
  try {
    const schema = JSON.parse(annotation?.replace('@schema ', '') ?? '{}') as JsonSchema;
    return { description, schema };
  } catch (cause) {
    throw new Error(`values.yaml: the @schema of ${path} is no JSON`, { cause });
  }
}

function objectOf(fields: readonly ValueField[]): JsonSchema {
  const properties = fields.map((field): [string, JsonSchema] => [
    field.path.split('.').at(-1) ?? '',
    fieldSchema(field),
  ]);
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(properties),
  };
}

function fieldSchema({ value, description, schema, fields }: ValueField): JsonSchema {
  if (fields.length > 0) {
    return objectOf(fields);
  }
  return { type: typeOf(value), ...(description !== undefined && { description }), ...schema };
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) {
    return 'array';
  }
  return typeof value === 'number' ? 'integer' : typeof value;
}

function leavesOf(fields: readonly ValueField[]): readonly ValueField[] {
  return fields.flatMap((field) => (field.fields.length > 0 ? leavesOf(field.fields) : [field]));
}
