import { readFileSync } from 'node:fs';
import markdown from '@eslint/markdown';
import nx from '@nx/eslint-plugin';
import { defineConfig } from 'eslint/config';
import prettier from 'eslint-config-prettier';
import simpleImportSort from 'eslint-plugin-simple-import-sort';
import jsoncParser from 'jsonc-eslint-parser';
import tseslint from 'typescript-eslint';
import { exportedDocstring } from './tools/eslint/exported-docstring.mjs';
import { newspaperOrder } from './tools/eslint/newspaper-order.mjs';
import { plainEnglish } from './tools/eslint/plain-english.mjs';
import { privateWordsOf } from './tools/prose/private-words.mjs';

// type:pure decides and never acts: no machine, no clock, no log (docs/architecture.md).
const impureModules = [
  'fs',
  'fs/promises',
  'child_process',
  'net',
  'dgram',
  'dns',
  'http',
  'http2',
  'https',
  'os',
  'process',
  'timers',
  'timers/promises',
  'worker_threads',
];
const pureLibraries = ['api', 'config', 'dataplane', 'grouping', 'placement', 'status'];

const topLevelArrow = ':matches(Program, ExportNamedDeclaration) > VariableDeclaration';

const declaredFunctions = {
  selector: `${topLevelArrow} > VariableDeclarator:not([id.typeAnnotation]) > ArrowFunctionExpression`,
  message: 'Top-level functions are function declarations; arrows are for call-backs.',
};

const sallyport = {
  rules: {
    'exported-docstring': exportedDocstring,
    'newspaper-order': newspaperOrder,
    'plain-english': plainEnglish,
  },
};
const glossary = readFileSync(new URL('docs/glossary.md', import.meta.url), 'utf8');
const privateWords = privateWordsOf(glossary);
const prose = { 'sallyport/plain-english': ['error', { privateWords }] };

// One dialect (CONTRIBUTING.md): each rule holds a sentence of it. These read syntax alone.
const syntax = {
  curly: ['error', 'all'],
  complexity: ['error', 15],
  'max-depth': ['error', 3],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
  'max-len': [
    'error',
    {
      code: 100,
      ignoreStrings: true,
      ignoreTemplateLiterals: true,
      ignoreRegExpLiterals: true,
      ignoreUrls: true,
    },
  ],
  'no-restricted-syntax': [
    'error',
    { selector: 'ExportDefaultDeclaration', message: 'Use named exports.' },
    declaredFunctions,
    {
      selector: 'ImportSpecifier[importKind="type"]',
      message: 'Import types in a statement of their own: import type { … }.',
    },
    {
      // Values of Kubernetes' API begin with a capital letter.
      selector:
        "TSUnionType > TSTypeLiteral > TSPropertySignature[key.name!=/^(kind|op)$/] > TSTypeAnnotation > TSLiteralType > Literal[raw=/^'[a-z]/]",
      message: 'The tag of a union is kind (of operations: op).',
    },
  ],
  'sallyport/newspaper-order': 'error',
  'simple-import-sort/imports': ['error', { groups: [['^\\u0000', '^node:', '^@?\\w', '^\\.']] }],
  'simple-import-sort/exports': 'error',
};

const dialect = {
  ...syntax,
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
};

export default defineConfig(
  { ignores: ['**/dist', '**/out-tsc', '**/coverage', '.nx'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked, prettier],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: {
      '@nx': nx,
      'simple-import-sort': simpleImportSort,
      sallyport,
    },
    rules: {
      ...dialect,
      ...prose,
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@nx/enforce-module-boundaries': moduleBoundaries([]),
    },
  },
  {
    // The texts of the stand-in are those of the real API server; its tests are ours.
    files: ['testing/apiserver/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'sallyport/plain-english': ['error', { privateWords, texts: false }] },
  },
  {
    files: ['**/*.mjs'],
    extends: [prettier],
    plugins: { 'simple-import-sort': simpleImportSort, sallyport },
    // The configuration files of tools have default exports.
    rules: { ...syntax, ...prose, 'no-restricted-syntax': ['error', declaredFunctions] },
  },
  {
    // The tests of the prose rule are full of faults; a describe block is one function.
    files: ['tools/**/*.test.mjs'],
    rules: { 'sallyport/plain-english': 'off', 'max-lines-per-function': 'off' },
  },
  {
    files: ['**/*.md'],
    // The glossary lists the private words.
    ignores: ['docs/glossary.md', 'docs/decisions/0010-the-house.md'],
    plugins: { markdown, sallyport },
    language: 'markdown/gfm',
    rules: prose,
  },
  {
    // main.ts hands the environment to runProgram, which gives the clock to all others.
    files: ['{apps,libs}/**/*.ts'],
    ignores: [
      'libs/program/src/run-program.ts',
      'libs/command/**',
      '**/*.test.ts',
      '{apps,libs}/*/src/testing/**',
    ],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env' },
        { object: 'Date', property: 'now' },
      ],
    },
  },
  {
    files: pureLibraries.map((name) => `libs/${name}/src/**/*.ts`),
    ignores: ['**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: impureModules.flatMap((name) => [name, `node:${name}`]) },
      ],
      'no-restricted-globals': [
        'error',
        'process',
        'console',
        'setTimeout',
        'setInterval',
        'setImmediate',
        'fetch',
        'performance',
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now' },
        { object: 'Math', property: 'random' },
      ],
    },
  },
  {
    files: ['**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      // A describe block is one function of any length.
      'max-lines-per-function': 'off',
    },
  },
  {
    // Tests, and code that tests of a project share, may import the equipment in testing/ as well.
    files: ['{apps,libs,charts}/**/*.test.ts', '{{apps,libs}/*,charts}/src/testing/**/*.ts'],
    rules: { '@nx/enforce-module-boundaries': moduleBoundaries(['scope:testing', 'type:testing']) },
  },
  {
    files: ['{apps,libs}/**/*.ts'],
    ignores: ['**/*.test.ts', '{apps,libs}/*/src/testing/**'],
    rules: {
      'sallyport/exported-docstring': 'error',
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@sallyport/*/testing', './testing/*', '../**/testing/*'],
              message: 'A fake is for tests, testing/ and e2e/.',
            },
          ],
        },
      ],
    },
  },
  {
    // It compares the types of TypeBox's schemas in depth: two thirds of the time of a whole lint,
    // for the few classes that there are.
    files: ['**/*.ts'],
    rules: { '@typescript-eslint/no-unsafe-class-instance-assignment': 'off' },
  },
  {
    files: ['{{apps,libs,testing}/*,charts,e2e,images}/package.json'],
    languageOptions: { parser: jsoncParser },
    plugins: { '@nx': nx },
    rules: {
      '@nx/dependency-checks': [
        'error',
        { ignoredFiles: ['{projectRoot}/*.mjs', '{projectRoot}/src/**/*.test.ts'] },
      ],
    },
  },
);

/**
 * Which project may import which (docs/architecture.md). `equipment` are the tags that every
 * project may import besides: those of testing/ in tests, none elsewhere.
 */
function moduleBoundaries(equipment) {
  const may = (sourceTag, ...tags) => ({
    sourceTag,
    onlyDependOnLibsWithTags: [...tags, ...equipment],
  });
  return [
    'error',
    {
      enforceBuildableLibDependency: true,
      allow: [],
      depConstraints: [
        {
          ...may('type:pure', 'type:pure'),
          bannedExternalImports: [
            '@kubernetes/*',
            'ioredis',
            'netlink',
            'fastify',
            'pino',
            'prom-client',
          ],
        },
        may('type:io', 'type:pure', 'type:io'),
        may('type:app', 'type:pure', 'type:io'),
        may('type:tool', 'type:pure', 'type:io', 'type:tool'),
        may('type:testing', 'type:pure', 'type:io', 'type:tool', 'type:testing'),
        may('type:e2e', '*'),
        may('scope:shared', 'scope:shared'),
        may('scope:controller', 'scope:controller', 'scope:shared'),
        may('scope:agent', 'scope:agent', 'scope:shared'),
        may('scope:tool', 'scope:tool', 'scope:shared'),
        may('scope:testing', '*'),
      ],
    },
  ];
}
