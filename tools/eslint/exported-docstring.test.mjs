import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { exportedDocstring } from './exported-docstring.mjs';

describe('exported-docstring', () => {
  it.each(['function f() {}', 'class F {}', 'interface F {}', 'type F = string;'])(
    'asks for a docstring above an exported `%s`',
    (declaration) => {
      expect(linesWithout(`export ${declaration}`)).toEqual([1]);
      expect(linesWithout(`/** A reason. */\nexport ${declaration}`)).toEqual([]);
      expect(linesWithout(declaration)).toEqual([]);
    },
  );

  it.each(['// A reason.\n', '/* A reason. */\n', '/** A reason. */\n\n'])(
    'takes no other comment, and none further up: %j',
    (comment) => {
      expect(linesWithout(`${comment}export function f() {}`)).toHaveLength(1);
    },
  );

  it('asks once for an overloaded function', () => {
    const overloads = [
      'export function f(a: string): void;',
      'export function f(a: number): void;',
      'export function f(): void {}',
    ].join('\n');
    expect(linesWithout(`/** A reason. */\n${overloads}`)).toEqual([]);
  });

  it('exempts constants, re-exports and the type of a value', () => {
    const code = [
      'export const a = 1;',
      "export { b } from './b.ts';",
      "export type { C } from './c.ts';",
      'export type A = typeof a;',
    ].join('\n');
    expect(linesWithout(code)).toEqual([]);
  });
});

function linesWithout(code) {
  const config = {
    languageOptions: { parser: tseslint.parser },
    plugins: { sallyport: { rules: { 'exported-docstring': exportedDocstring } } },
    rules: { 'sallyport/exported-docstring': 'error' },
  };
  return new Linter().verify(code, config).map(({ line }) => line);
}
