/** `npm run chart`: writes the files of the chart that come from values.yaml and the CRDs. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { generatedFiles } from './generated-files.ts';

// tools/run.mjs starts this program in the folder of the workspace.
const root = process.cwd();

for (const [path, content] of await generatedFiles(root)) {
  const file = join(root, 'charts/sallyport', path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}
