import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { crdDefinitions } from './definitions.ts';

const folder = join(import.meta.dirname, '../../crds');

describe('libs/api/crds', () => {
  it('has a file for each kind and no other', () => {
    expect(readdirSync(folder).sort()).toEqual([...crdDefinitions.keys()].sort());
  });

  it.each([...crdDefinitions])(
    '%s is generated from its schema; if not, run node libs/api/write-crds.mjs',
    (name, crd) => {
      expect(parse(readFileSync(join(folder, name), 'utf8'))).toEqual(crd);
    },
  );
});
