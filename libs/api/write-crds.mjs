// Writes libs/api/crds from the schemas in src/crd: `node libs/api/write-crds.mjs`.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { format, resolveConfig } from 'prettier';
import { stringify } from 'yaml';

const here = import.meta.dirname;
const bundle = join(here, 'dist/crd-definitions.mjs');
const folder = join(here, 'crds');

await esbuild.build({
  entryPoints: [join(here, 'src/crd/definitions.ts')],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
});
const { crdDefinitions } = await import(pathToFileURL(bundle).href);
const style = await resolveConfig(join(folder, 'crd.yaml'));
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const [name, definition] of crdDefinitions) {
  const yaml = stringify(definition, {
    aliasDuplicateObjects: false,
    lineWidth: 0,
    singleQuote: true,
  });
  const header =
    '# Generated from libs/api/src/crd by `node libs/api/write-crds.mjs`: change it there.';
  const text = await format(`${header}\n${yaml}`, { parser: 'yaml', ...style });
  writeFileSync(join(folder, name), text);
}
