import type { NftSet, NftTable } from './nft-table.ts';

/** Elements that a set gets or loses. */
export interface ElementsChange {
  readonly verb: 'add' | 'delete';
  /** The name of the table, of family `inet`. */
  readonly table: string;
  readonly set: string;
  readonly isInterval: boolean;
  /** As in {@link NftSet}; the values of deleted ones are empty. */
  readonly elements: NftSet['elements'];
}

/** The changes that lead from one state of a table's sets to another one, in their order. */
export function elementsChanges(
  table: string,
  before: Pick<NftTable, 'sets'>,
  after: Pick<NftTable, 'sets'>,
): readonly ElementsChange[] {
  return [...after.sets]
    .flatMap(([set, { declaration, elements }]): ElementsChange[] => {
      const old = before.sets.get(set)?.elements ?? new Map<string, string>();
      const gone = [...old].filter(([key, value]) => elements.get(key) !== value);
      const added = [...elements].filter(([key, value]) => old.get(key) !== value);
      const common = { table, set, isInterval: declaration.includes('flags interval') };
      return [
        { ...common, verb: 'delete', elements: new Map(gone.map(([key]) => [key, ''])) },
        { ...common, verb: 'add', elements: new Map(added) },
      ];
    })
    .filter(({ elements }) => elements.size > 0);
}
