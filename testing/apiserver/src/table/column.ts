import { listAt, stringAt, textOf, valueAt } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Column } from '../model/resource.ts';
import { ageOf } from './duration.ts';

/** The first column of every table. */
export const NAME: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  priority: 0,
  description: 'Name must be unique within a namespace.',
  cell: (object) => object.metadata.name,
};

/** Time since creation. */
export const AGE: Column = {
  name: 'Age',
  type: 'string',
  priority: 0,
  description: 'Time since the object was created.',
  cell: (object, now) => ageOf(object.metadata.creationTimestamp, now),
};

/** The columns of resources without their own: the name, and the time of creation. */
export const NAME_AND_AGE: readonly Column[] = [
  NAME,
  {
    name: 'Created At',
    type: 'date',
    priority: 0,
    cell: (object) => object.metadata.creationTimestamp ?? null,
  },
];

/** A column that shows the string at a path, or a stand-in for it. */
export function textAt(name: string, path: string, absent = '<none>', priority = 0): Column {
  const members = path.split('.');
  return column(name, (object) => stringAt(object, ...members) ?? absent, priority);
}

/** A column that shows the number at a path, 0 when there is none. */
export function numberAt(name: string, path: string, priority = 0): Column {
  const members = path.split('.');
  const cell = (object: KubeObject): number => {
    const value = valueAt(object, ...members);
    return typeof value === 'number' ? value : 0;
  };
  return { name, type: 'integer', priority, cell };
}

/** `a=b,c=d` of a map at a path, or `<none>`. */
export function pairsAt(object: KubeObject, ...path: readonly string[]): string {
  const map = valueAt(object, ...path);
  const pairs = typeof map === 'object' && map !== null ? Object.entries(map) : [];
  return pairs.length === 0
    ? '<none>'
    : pairs.map(([key, value]) => `${key}=${textOf(value)}`).join(',');
}

/** The container names and images of a Pod spec at a path, as the wide columns of workloads. */
export function containerColumns(...path: readonly string[]): readonly Column[] {
  const join = (object: KubeObject, field: string): string =>
    listAt(object, ...path, 'containers')
      .map((container) => stringAt(container, field) ?? '')
      .join(',');
  return [
    column('Containers', (object) => join(object, 'name'), 1),
    column('Images', (object) => join(object, 'image'), 1),
  ];
}

/** A column of text. */
export function column(
  name: string,
  cell: (object: KubeObject, now: Date) => string | number,
  priority = 0,
): Column {
  return { name, type: 'string', priority, cell };
}
