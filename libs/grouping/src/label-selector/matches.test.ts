import type { LabelRequirement, LabelSelector } from '@sallyport/api';
import { labelOperators } from '@sallyport/api';
import fc from 'fast-check';
import { matches } from './matches.ts';

const cases: readonly (readonly [
  string,
  LabelSelector,
  Readonly<Record<string, string>>,
  boolean,
])[] = [
  ['an empty selector matches an object without labels', {}, {}, true],
  ['an empty selector matches any object', {}, { a: 'b' }, true],
  [
    'matchLabels wants the same value',
    { matchLabels: { role: 'web' } },
    { role: 'web', x: 'y' },
    true,
  ],
  ['matchLabels refuses another value', { matchLabels: { role: 'web' } }, { role: 'db' }, false],
  ['matchLabels refuses an absent label', { matchLabels: { role: 'web' } }, {}, false],
  [
    'matchLabels with an empty value refuses an absent label',
    { matchLabels: { role: '' } },
    {},
    false,
  ],
  ['matchLabels wants all of them', { matchLabels: { a: '1', b: '2' } }, { a: '1' }, false],
  ['In matches one of the values', requires('env', 'In', 'prod', 'test'), { env: 'test' }, true],
  ['In refuses an absent label', requires('env', 'In', 'prod'), {}, false],
  ['NotIn refuses one of the values', requires('env', 'NotIn', 'prod'), { env: 'prod' }, false],
  ['NotIn matches another value', requires('env', 'NotIn', 'prod'), { env: 'test' }, true],
  ['NotIn matches an absent label', requires('env', 'NotIn', 'prod'), {}, true],
  ['Exists matches any value', requires('env', 'Exists'), { env: '' }, true],
  ['Exists refuses an absent label', requires('env', 'Exists'), {}, false],
  ['DoesNotExist matches an absent label', requires('env', 'DoesNotExist'), {}, true],
  ['DoesNotExist refuses any value', requires('env', 'DoesNotExist'), { env: '' }, false],
  ['a key that every object inherits is absent', requires('constructor', 'Exists'), {}, false],
  [
    'matchLabels and matchExpressions both have to hold',
    { matchLabels: { a: '1' }, matchExpressions: [{ key: 'b', operator: 'Exists' }] },
    { a: '1' },
    false,
  ],
];

describe('matches', () => {
  it.each(cases)('%s', (_, selector, labels, expected) => {
    expect(matches(selector, labels)).toBe(expected);
  });

  it('In and NotIn, Exists and DoesNotExist are each other’s opposite', () => {
    const word = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(
        fc.dictionary(word, word),
        word,
        fc.array(word, { minLength: 1 }),
        (labels, key, values) => {
          const [isIn, isNotIn, exists, doesNotExist] = labelOperators.map((operator) =>
            matches({ matchExpressions: [{ key, operator, values }] }, labels),
          );
          expect(isIn).toBe(!isNotIn!);
          expect(exists).toBe(!doesNotExist!);
        },
      ),
    );
  });
});

function requires(
  key: string,
  operator: LabelRequirement['operator'],
  ...values: string[]
): LabelSelector {
  return {
    matchExpressions: [{ key, operator, values }],
  };
}
