import type { JsonObject } from '../model/json.ts';
import { isObject } from '../model/json.ts';

/**
 * A set of field paths, as in `metadata.managedFields[].fieldsV1`. A path is a list of elements,
 * `f:<member>`, `k:{"<key>":<value>}` (item of a keyed list) or `v:<value>` (item of a set). It is
 * kept here as one JSON string, so that sets of paths are plain sets.
 */
export type FieldSet = ReadonlySet<string>;

/** Reads `fieldsV1`. */
export function parseFields(fields: JsonObject): Set<string> {
  const found = new Set<string>();
  const walk = (node: JsonObject, at: readonly string[]): void => {
    const children = Object.entries(node).filter(([element]) => element !== '.');
    if (at.length > 0 && (children.length === 0 || '.' in node)) {
      found.add(pathKey(at));
    }
    for (const [element, child] of children) {
      if (isObject(child)) {
        walk(child, [...at, element]);
      }
    }
  };
  walk(fields, []);
  return found;
}

/** One path from its elements. */
export function pathKey(elements: readonly string[]): string {
  return JSON.stringify(elements);
}

/** Writes `fieldsV1`. */
export function renderFields(set: FieldSet): JsonObject {
  const root: JsonObject = {};
  for (const key of [...set].sort()) {
    let node = root;
    for (const element of pathElements(key)) {
      const child = node[element];
      node = isObject(child) ? child : (node[element] = {});
    }
    node['.'] = {};
  }
  trimMarkers(root);
  return root;
}

/** A path as messages name it: `.spec.containers[name="web"].image`. */
export function renderPath(key: string): string {
  return pathElements(key)
    .map((element) => {
      const text = element.slice(2);
      if (element.startsWith('f:')) {
        return `.${text}`;
      }
      if (element.startsWith('v:')) {
        return `[=${text}]`;
      }
      const pairs = Object.entries(JSON.parse(text) as JsonObject);
      return `[${pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
    })
    .join('');
}

/** The elements of a path. */
export function pathElements(key: string): string[] {
  return JSON.parse(key) as string[];
}

/** The paths of the first set that are not in the second. */
export function without(set: FieldSet, other: FieldSet): Set<string> {
  return new Set([...set].filter((key) => !other.has(key)));
}

/** The paths in both sets. */
export function common(set: FieldSet, other: FieldSet): Set<string> {
  return new Set([...set].filter((key) => other.has(key)));
}

/** Whether the set has this path, or one below it. */
export function coversBelow(set: FieldSet, key: string): boolean {
  const prefix = `${key.slice(0, -1)},`;
  return set.has(key) || [...set].some((other) => other.startsWith(prefix));
}

/** A node without children is a member by itself; only inner nodes need the `.` that says so. */
function trimMarkers(node: JsonObject): void {
  if (Object.keys(node).length === 1 && '.' in node) {
    delete node['.'];
  }
  for (const [element, child] of Object.entries(node)) {
    if (element !== '.' && isObject(child)) {
      trimMarkers(child);
    }
  }
}
