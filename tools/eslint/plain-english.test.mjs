import markdown from '@eslint/markdown';
import { Linter } from 'eslint';
import { plainEnglish } from './plain-english.mjs';

const privateWords = [{ word: 'steer', term: 'redirect' }];

const fault = '“steer” is not in the glossary: redirect';

describe('plain-english', () => {
  it('checks paragraphs, list items, headings and tables of Markdown, and no code', () => {
    const text = [
      '# They steer',
      'Agents steer.',
      '- We _steer_.',
      '`steer`',
      '```\nsteer\n```',
      '| a |\n| - |\n| steer |',
    ].join('\n\n');
    expect(faultsIn(text, { filename: 'a.md' })).toEqual([
      `1: ${fault}`,
      `3: ${fault}`,
      `5: ${fault}`,
      `15: ${fault}`,
    ]);
  });

  it('checks comments', () => {
    expect(
      faultsIn('const steer = 1;\n// Packets\n// steer.\n\n/**\n * Agents steer.\n */'),
    ).toEqual([`2: ${fault}`, `5: ${fault}`]);
  });

  it('checks texts for people, unless they are those of somebody else', () => {
    const code =
      "log('Agents steer the packets');\nrun('steer --now');\nlog(`Value ${x} agents steer it`);";
    expect(faultsIn(code)).toEqual([`1: ${fault}`, `3: ${fault}`]);
    expect(faultsIn(code, { texts: false })).toEqual([]);
  });

  it('checks the names of tests, with any characters and only once', () => {
    const code = [
      "describe('$word & <steer>', () => {});",
      "it('Agents steer the packets', () => {});",
      "it.each(['steer!'])('steer %s!', () => {});",
      'test.each`a`(`${x} > steer`, () => {});',
      "run('$word & <steer>');",
    ].join('\n');
    expect(faultsIn(code)).toEqual([1, 2, 3, 4].map((line) => `${line}: ${fault}`));
  });
});

function faultsIn(code, { filename = 'a.js', ...option } = {}) {
  const sallyport = { rules: { 'plain-english': plainEnglish } };
  const rules = { 'sallyport/plain-english': ['error', { privateWords, ...option }] };
  const configs = [
    { files: ['**/*.js'], plugins: { sallyport }, rules },
    { files: ['**/*.md'], plugins: { markdown, sallyport }, language: 'markdown/gfm', rules },
  ];
  return new Linter()
    .verify(code, configs, { filename })
    .map(({ line, message }) => `${line}: ${message}`);
}
