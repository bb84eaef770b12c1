import type { ElementsChange } from './elements-change.ts';
import { elementsChanges } from './elements-change.ts';
import type { NftTable } from './nft-table.ts';
import { canWrite } from './write-elements.ts';

const declaration = 'map m { type ipv4_addr : verdict; }';

describe('elementsChanges', () => {
  it('deletes an element before it adds it with another value, and touches no other', () => {
    const changes = elementsChanges(
      't',
      sets([
        ['10.0.0.1', 'jump a'],
        ['10.0.0.2', 'jump a'],
      ]),
      sets([
        ['10.0.0.1', 'jump b'],
        ['10.0.0.2', 'jump a'],
      ]),
    );
    const common = { table: 't', set: 'm', isInterval: false };
    expect(changes).toEqual([
      { ...common, verb: 'delete', elements: new Map([['10.0.0.1', '']]) },
      { ...common, verb: 'add', elements: new Map([['10.0.0.1', 'jump b']]) },
    ]);
  });
});

describe('canWrite', () => {
  const change: ElementsChange = {
    ...{ verb: 'add', table: 't', set: 'm', isInterval: false },
    elements: new Map([['10.0.0.1', '']]),
  };

  it.each<[string, boolean, Partial<ElementsChange>]>([
    ['a few elements', true, {}],
    ['intervals', false, { isInterval: true }],
    ['more than a datagram holds', false, { elements: elements(501) }],
  ])('%s: %s', (_, expected, part) => {
    expect(canWrite([change, { ...change, ...part }])).toBe(expected);
  });
});

function sets(pairs: readonly (readonly [string, string])[]): Pick<NftTable, 'sets'> {
  return { sets: new Map([['m', { declaration, elements: new Map(pairs) }]]) };
}

function elements(count: number): ReadonlyMap<string, string> {
  return new Map(Array.from({ length: count }, (_, index) => [`10.0.0.${index}`, '']));
}
