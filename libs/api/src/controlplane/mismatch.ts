import type { TSchema } from 'typebox';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { propertiesOf } from '../fault.ts';

/** A part of a value that its schema does not accept. */
export interface Mismatch {
  /** `groupMembers[0].ips[1]`; "" for the whole value. */
  readonly field: string;
  /** Undefined when the field is missing. */
  readonly value: unknown;
  /** `an IP address`. */
  readonly expected: string;
}

/** The keywords of JSON Schema that messages name; TypeBox leaves them out of its types. */
interface Keywords {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxItems?: number;
}

/**
 * The parts of `value` that `schema` does not accept, in the order of the schema. Slower than a
 * compiled schema: for values that one has refused.
 */
export function* mismatchesIn(schema: TSchema, value: unknown, field = ''): Generator<Mismatch> {
  const properties = propertiesOf(value);
  if (Type.IsObject(schema) && properties !== undefined) {
    for (const [name, property] of Object.entries(schema.properties)) {
      const item = properties[name];
      if (item !== undefined || !Type.IsOptional(property)) {
        yield* mismatchesIn(property, item, field === '' ? name : `${field}.${name}`);
      }
    }
  } else if (
    Type.IsArray(schema) &&
    Array.isArray(value) &&
    !isTooLong(schema as Keywords, value)
  ) {
    for (const [index, item] of value.entries()) {
      yield* mismatchesIn(schema.items, item, `${field}[${index}]`);
    }
  } else if (!Value.Check(schema, value)) {
    yield { field, value, expected: expectedBy(schema, value) };
  }
}

function isTooLong(schema: Keywords, list: readonly unknown[]): boolean {
  return schema.maxItems !== undefined && list.length > schema.maxItems;
}

/** A noun for the values that the schema accepts. */
function expectedBy(schema: TSchema, value: unknown): string {
  const { minimum, maximum, minLength, maxItems } = schema as Keywords;
  if (Type.IsRefine(schema)) {
    return schema['~refine'].map(({ error }) => error(value)).join(', ');
  }
  if (Type.IsLiteral(schema)) {
    return JSON.stringify(schema.const);
  }
  if (Type.IsArray(schema)) {
    return Array.isArray(value) ? `a list of at most ${maxItems} items` : 'a list';
  }
  if (Type.IsInteger(schema)) {
    return `a number from ${minimum} to ${maximum}`;
  }
  if (Type.IsString(schema)) {
    return minLength === undefined ? 'a text' : 'a text that is not empty';
  }
  return 'an object';
}
