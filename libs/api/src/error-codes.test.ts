import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes, renderErrorCodes } from './error-codes.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Answers of the REST API have a reason of Kubernetes' Status object in place of a code. */
const WITHOUT_CODE = ['ApiError'];

describe('errorCodes', () => {
  const classes = ['apps', 'libs'].flatMap(sourcesUnder).flatMap(errorClassesOf);

  it('has the code of each error class, and no other', () => {
    const codes = classes.flatMap(({ code }) => code ?? []);
    expect([...new Set(codes)].sort()).toEqual(Object.keys(errorCodes).sort());
  });

  it('is about error classes that all have a code', () => {
    const without = classes.filter(({ code }) => code === undefined).map(({ name }) => name);
    expect(without).toEqual(WITHOUT_CODE);
  });

  it('is in docs/reference/errors.md', () => {
    const page = readFileSync(join(ROOT, 'docs/reference/errors.md'), 'utf8');
    expect(unwrapped(page)).toContain(unwrapped(renderErrorCodes()));
    expect(page.match(/^## /gm)).toHaveLength(Object.keys(errorCodes).length);
  });
});

function sourcesUnder(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder)).flatMap((project) => {
    const src = join(ROOT, folder, project, 'src');
    return readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => readFileSync(join(src, file), 'utf8'));
  });
}

function errorClassesOf(
  source: string,
): readonly { readonly name: string; readonly code: string | undefined }[] {
  return [...source.matchAll(/class (\w+) extends Error \{([^]*?)\n\}/g)].map(
    ([, name = '', body = '']) => ({ name, code: /\bcode = '(\w+)'/.exec(body)?.[1] }),
  );
}

/** The text with every run of blanks and line breaks as one blank. */
function unwrapped(markdown: string): string {
  return markdown.replace(/\s+/g, ' ');
}
