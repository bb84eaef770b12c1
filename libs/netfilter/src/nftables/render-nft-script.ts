import type { ElementsChange } from './elements-change.ts';
import type { NftSet, NftTable } from './nft-table.ts';

/** The script for `nft -f` that makes the table anew as a whole, in its one transaction. */
export function renderTable(name: string, { chains, sets }: NftTable): string {
  return [
    // Adding it first makes the deletion right in any case.
    `table inet ${name}`,
    `delete table inet ${name}`,
    `table inet ${name} {`,
    ...[...sets.values()].map(({ declaration }) => `  ${declaration}`),
    ...[...chains].flatMap(([chain, { hook, rules }]) => [
      `  chain ${chain} {`,
      ...(hook === undefined
        ? []
        : [`    type ${hook.type} hook ${hook.hook} priority ${hook.priority}; policy accept;`]),
      ...rules.map(({ text, comment }) => `    ${text} comment "${comment}"`),
      '  }',
    ]),
    '}',
    ...[...sets].flatMap(([set, { elements }]) => elementsLine('add', name, set, elements)),
    '',
  ].join('\n');
}

/** The script that makes the table with its sets, as far as they are missing. */
export function renderSetDeclarations(name: string, { sets }: NftTable): string {
  const declarations = [...sets.values()].map(({ declaration }) => `  ${declaration}`);
  return [`table inet ${name} {`, ...declarations, '}', ''].join('\n');
}

/** The script for changes of elements, and nothing else. */
export function renderElements(changes: readonly ElementsChange[]): string {
  return changes
    .flatMap(({ verb, table, set, elements }) => elementsLine(verb, table, set, elements))
    .map((line) => `${line}\n`)
    .join('');
}

function elementsLine(
  verb: ElementsChange['verb'],
  table: string,
  set: string,
  elements: NftSet['elements'],
): readonly string[] {
  if (elements.size === 0) {
    return [];
  }
  const words = [...elements].map(([key, value]) => (value === '' ? key : `${key} : ${value}`));
  return [`${verb} element inet ${table} ${set} { ${words.join(', ')} }`];
}
