import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LIBS = join(import.meta.dirname, '../..');

describe('the README of each library', () => {
  it.each(readdirSync(LIBS))('names functions that exist: %s', (lib) => {
    const readme = readFileSync(join(LIBS, lib, 'README.md'), 'utf8');
    const named = [...readme.matchAll(/`([a-z]+[A-Z]\w*)`/g)].map(([, name = '']) => name);
    const source = sourceOf(join(LIBS, lib, 'src'));
    const missing = named.filter((name) => !new RegExp(`\\b${name}\\b`).test(source));
    expect(missing).toEqual([]);
  });
});

function sourceOf(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
}
