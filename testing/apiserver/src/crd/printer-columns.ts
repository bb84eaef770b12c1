import type { Json } from '../model/json.ts';
import { stringAt, valueAt } from '../model/json.ts';
import type { Column } from '../model/resource.ts';
import { AGE, NAME } from '../table/column.ts';
import { ageOf } from '../table/duration.ts';
import { compileJsonPath } from '../table/json-path.ts';

/**
 * The columns of a custom resource from its `additionalPrinterColumns`; name and age when it has
 * none.
 */
export function printerColumns(definitions: readonly Json[]): readonly Column[] {
  if (definitions.length === 0) {
    return [NAME, AGE];
  }
  return [NAME, ...definitions.map(printerColumn)];
}

function printerColumn(definition: Json): Column {
  const type = stringAt(definition, 'type') ?? 'string';
  const find = compileJsonPath(stringAt(definition, 'jsonPath') ?? '');
  const priority = valueAt(definition, 'priority');
  const format = stringAt(definition, 'format');
  const description = stringAt(definition, 'description');
  return {
    name: stringAt(definition, 'name') ?? '',
    type,
    ...(format === undefined ? {} : { format }),
    ...(description === undefined ? {} : { description }),
    priority: typeof priority === 'number' ? priority : 0,
    cell: (object, now) => cellOf(find(object), type, now),
  };
}

function cellOf(found: readonly Json[], type: string, now: Date): string | number | boolean | null {
  const [first] = found;
  if (first === undefined || first === null) {
    return null;
  }
  switch (type) {
    case 'integer':
    case 'number':
      return typeof first === 'number' ? first : null;
    case 'boolean':
      return typeof first === 'boolean' ? first : null;
    case 'date':
      return ageOf(first, now);
    default:
      return found
        .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
        .join(',');
  }
}
