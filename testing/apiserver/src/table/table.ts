import type { Json, JsonObject } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Column } from '../model/resource.ts';

/** The header of a Table. */
export function columnDefinitions(columns: readonly Column[]): JsonObject[] {
  return columns.map((column) => ({
    name: column.name,
    type: column.type,
    format: column.format ?? '',
    description: column.description ?? '',
    priority: column.priority,
  }));
}

/**
 * One row of a Table, with as much of its object as `includeObject` (None, Metadata, Object) asks
 * for.
 */
export function tableRow(
  columns: readonly Column[],
  object: KubeObject,
  includeObject: string,
  now: Date,
): Json {
  const cells = columns.map((column) => column.cell(object, now));
  if (includeObject === 'None') {
    return { cells };
  }
  if (includeObject === 'Object') {
    return { cells, object };
  }
  return {
    cells,
    object: {
      kind: 'PartialObjectMetadata',
      apiVersion: 'meta.k8s.io/v1',
      metadata: object.metadata,
    },
  };
}
