import type { AppliedTo, Labels, LabelSelector } from '@sallyport/api';

/**
 * The terms by which posting lists find a set of labels: for each label its key, and
 * `key=value`. Kubernetes allows no `=` in a key, so that no two are the same.
 */
export function termsOf(labels: Labels = {}): readonly string[] {
  const terms: string[] = [];
  for (const [key, value] of Object.entries(labels)) {
    terms.push(key, `${key}=${value}`);
  }
  return terms;
}

/** The terms of one requirement: labels that satisfy it have at least one of them. */
export interface Anchor {
  readonly owner: 'pod' | 'namespace';
  readonly terms: readonly string[];
}

const selectsNothing: Anchor = { owner: 'pod', terms: [] };

/** The anchors of all requirements that labels satisfy by having a label, not by lacking one. */
export function anchorsOf({ podSelector, namespaceSelector }: AppliedTo): readonly Anchor[] {
  if (podSelector === undefined && namespaceSelector === undefined) {
    return [selectsNothing];
  }
  return [
    ...requiredTerms(podSelector).map((terms) => ({ owner: 'pod' as const, terms })),
    ...requiredTerms(namespaceSelector).map((terms) => ({ owner: 'namespace' as const, terms })),
  ];
}

/** The same text for equal labels only. */
export function labelsKey(labels: Labels): string {
  const keys = Object.keys(labels);
  if (!isSorted(keys)) {
    keys.sort();
  }
  let text = '';
  for (const key of keys) {
    text += `${key}\0${labels[key] ?? ''}\0`;
  }
  return text;
}

/** The same text for equal selectors only. Equal ones in another notation may differ. */
export function appliedToKey({ podSelector, namespaceSelector }: AppliedTo): string {
  return JSON.stringify([podSelector, namespaceSelector].map((side) => side && selectorKey(side)));
}

function requiredTerms(selector: LabelSelector = {}): readonly (readonly string[])[] {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return [
    ...Object.entries(matchLabels).map(([key, value]) => [`${key}=${value}`]),
    ...matchExpressions.flatMap(({ key, operator, values = [] }) => {
      switch (operator) {
        case 'In':
          return [[...new Set(values)].map((value) => `${key}=${value}`)];
        case 'Exists':
          return [[key]];
        case 'NotIn':
        case 'DoesNotExist':
          return [];
      }
    }),
  ];
}

function selectorKey({ matchLabels = {}, matchExpressions = [] }: LabelSelector): unknown {
  const requirements = matchExpressions.map(({ key, operator, values }) => [key, operator, values]);
  return [labelsKey(matchLabels), requirements];
}

/** The API server sends labels sorted; others may not. */
function isSorted(keys: readonly string[]): boolean {
  for (let index = 1; index < keys.length; index += 1) {
    if ((keys[index] ?? '') < (keys[index - 1] ?? '')) {
      return false;
    }
  }
  return true;
}
