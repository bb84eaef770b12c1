import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { workspaceRoot } from '@sallyport/kit';
import { generatedFiles } from './generated-files.ts';

const chart = join(workspaceRoot(), 'charts/sallyport');

it('schema, table of values and CRDs are those that `npm run chart` writes', async () => {
  for (const [path, content] of await generatedFiles(workspaceRoot())) {
    expect(await readFile(join(chart, path), 'utf8')).toBe(content);
  }
});

it('the chart has no CRD but those of the API', async () => {
  const crds = await readdir(join(workspaceRoot(), 'libs/api/crds'));
  expect(await readdir(join(chart, 'templates/crds'))).toEqual(crds);
});

it('the version of the chart is that of the programs and images', async () => {
  const { version } = JSON.parse(await readFile(join(workspaceRoot(), 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  const text = await readFile(join(chart, 'Chart.yaml'), 'utf8');
  expect(text).toContain(`\nversion: ${version}\nappVersion: ${version}\n`);
});
