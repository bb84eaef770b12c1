import type { LabelSelector } from '@sallyport/api';
import { byPrecedence, labelOperators } from '@sallyport/api';
import { sampleEgress as egress } from '@sallyport/kit';
import fc from 'fast-check';
import { egressFinder } from './egress-finder.ts';
import { selects } from './selects.ts';

// Few words, so that a Pod and its Namespace often have the same label.
const key = fc.constantFrom('x', 'constructor');
const value = fc.constantFrom('', 'y');
const labels = fc.dictionary(key, value);
const selector: fc.Arbitrary<LabelSelector> = fc.record(
  {
    matchLabels: labels,
    matchExpressions: fc.array(
      fc.record({
        key,
        operator: fc.constantFrom(...labelOperators),
        values: fc.array(value, { minLength: 1, maxLength: 2 }),
      }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);
const appliedTo = fc.record(
  { podSelector: selector, namespaceSelector: selector },
  { requiredKeys: [] },
);

describe('egressFinder', () => {
  it('finds the Egresses that a trial of each one finds, in the same order', () => {
    fc.assert(
      fc.property(
        fc.array(appliedTo, { maxLength: 8 }),
        labels,
        fc.option(labels, { nil: undefined }),
        (selectors, podLabels, namespaceLabels) => {
          const ordered = selectors
            .map((each, index) => egress(`egress-${index}`, { appliedTo: each }))
            .sort(byPrecedence);
          expect(egressFinder(ordered)(podLabels, namespaceLabels)).toEqual(
            ordered.filter(
              (one) => selects(one.appliedTo, podLabels, namespaceLabels) === 'selected',
            ),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it('keeps the order of precedence across Egresses that are found by different labels', () => {
    const ordered = [
      egress('a', { appliedTo: { namespaceSelector: { matchLabels: { env: 'prod' } } } }),
      egress('b', { appliedTo: { podSelector: {} } }),
      egress('c', { appliedTo: { podSelector: { matchLabels: { role: 'web' } } } }),
    ];
    const found = egressFinder(ordered)({ role: 'web' }, { env: 'prod' });
    expect(found.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });
});
