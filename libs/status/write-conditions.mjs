// Writes docs/reference/conditions.md from src/reasons.ts: `node libs/status/write-conditions.mjs`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const here = import.meta.dirname;
const bundle = join(here, 'dist/conditions-page.mjs');
const folder = join(here, '../../docs/reference');

await esbuild.build({
  entryPoints: [join(here, 'src/testing/conditions-page.ts')],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
});
const { conditionsPage } = await import(pathToFileURL(bundle).href);
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'conditions.md'), conditionsPage());
