import { readFileSync } from 'node:fs';
import markdown from '@eslint/markdown';
import tseslint from 'typescript-eslint';
import { plainEnglish } from './tools/eslint/plain-english.mjs';
import { privateWordsOf } from './tools/prose/private-words.mjs';
const privateWords = privateWordsOf(
  readFileSync(new URL('docs/glossary.md', import.meta.url), 'utf8'),
);
const sallyport = { rules: { 'plain-english': plainEnglish } };
const rules = { 'sallyport/plain-english': ['error', { privateWords }] };
export default [
  {
    ignores: [
      '**/dist',
      '**/out-tsc',
      '**/coverage',
      '.nx',
      'docs/glossary.md',
      'docs/decisions/0010-the-house.md',
    ],
  },
  { files: ['**/*.md'], plugins: { markdown, sallyport }, language: 'markdown/gfm', rules },
  {
    files: ['**/*.ts'],
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    languageOptions: { parser: tseslint.parser },
    plugins: { sallyport, '@typescript-eslint': tseslint.plugin },
    rules,
  },
  {
    files: ['testing/apiserver/**/*.ts'],
    rules: { 'sallyport/plain-english': ['error', { privateWords, texts: false }] },
  },
  { files: ['**/*.mjs'], ignores: ['tools/**/*.test.mjs'], plugins: { sallyport }, rules },
];
