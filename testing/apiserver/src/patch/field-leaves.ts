import type { Json, JsonObject } from '../model/json.ts';
import { equalJson, isObject } from '../model/json.ts';
import type { ListOwnership } from '../model/list-ownership.ts';
import { isAtomicMap, itemElement, listOwnership } from '../model/list-ownership.ts';
import type { Schema } from '../model/schema.ts';
import { memberSchema } from '../model/schema.ts';
import { pathKey } from './field-set.ts';

/**
 * The paths of an object that can have an owner, with their values; paths of items as such have the
 * value null.
 */
export type FieldLeaves = ReadonlyMap<string, Json>;

/** Members of `metadata` that nobody owns, and the members that make up an object's identity. */
const NOT_OWNED = new Set(
  [
    ['f:apiVersion'],
    ['f:kind'],
    ...[
      'name',
      'namespace',
      'uid',
      'creationTimestamp',
      'deletionTimestamp',
      'deletionGracePeriodSeconds',
      'generation',
      'resourceVersion',
      'selfLink',
      'managedFields',
    ].map((field) => ['f:metadata', `f:${field}`]),
  ].map(pathKey),
);

/** The differences between two states of an object. */
export interface FieldChanges {
  /** Added, or with another value. */
  readonly written: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
}

/** Every ownable path of an object. */
export function fieldLeaves(schema: Schema, object: JsonObject): FieldLeaves {
  const walk = new LeafWalk();
  for (const [member, inner] of Object.entries(object)) {
    if (inner !== undefined) {
      walk.visit(memberSchema(schema, member), inner, [`f:${member}`]);
    }
  }
  walk.found.delete(pathKey(['f:metadata']));
  return walk.found;
}

/** Compares two states of an object. */
export function compareLeaves(before: FieldLeaves, after: FieldLeaves): FieldChanges {
  const written = [...after].filter(
    ([key, value]) => !before.has(key) || !equalJson(before.get(key), value),
  );
  return {
    written: new Set(written.map(([key]) => key)),
    removed: new Set([...before.keys()].filter((key) => !after.has(key))),
  };
}

/** Collects the ownable paths on the way through a value. */
class LeafWalk {
  readonly found = new Map<string, Json>();

  visit(schema: Schema | undefined, value: Json, path: readonly string[]): void {
    if (NOT_OWNED.has(pathKey(path))) {
      return;
    }
    if (isObject(value) && !isAtomicMap(schema) && Object.keys(value).length > 0) {
      this.#visitMembers(schema, value, path);
      return;
    }
    const ownership = listOwnership(schema);
    if (Array.isArray(value) && ownership.kind !== 'atomic' && value.length > 0) {
      this.#visitItems(ownership, schema, value, path);
      return;
    }
    this.#add(path, value);
  }

  #visitMembers(schema: Schema | undefined, object: JsonObject, path: readonly string[]): void {
    for (const [member, inner] of Object.entries(object)) {
      if (inner === undefined) {
        continue;
      }
      const below = [...path, `f:${member}`];
      // An entry of a map is something of its own; a field of a struct is not.
      if (isObject(inner) && schema?.properties?.[member] === undefined) {
        this.#add(below, null);
      }
      this.visit(schema === undefined ? undefined : memberSchema(schema, member), inner, below);
    }
  }

  #visitItems(
    ownership: ListOwnership,
    schema: Schema | undefined,
    items: readonly Json[],
    path: readonly string[],
  ): void {
    for (const item of items) {
      const below = [...path, itemElement(ownership, schema, item)];
      this.#add(below, null);
      if (ownership.kind === 'map') {
        this.visit(schema?.items, item, below);
      }
    }
  }

  #add(path: readonly string[], value: Json): void {
    const key = pathKey(path);
    if (!NOT_OWNED.has(key)) {
      this.found.set(key, value);
    }
  }
}
