import type { AppliedTo, Labels } from '@sallyport/api';
import { matches } from './label-selector/matches.ts';

/** Why an Egress does or does not select a Pod. */
export type Selection = 'Selected' | 'SelectsNothing' | 'PodLabelsDiffer' | 'NamespaceLabelsDiffer';

/**
 * Applies both selectors; a Namespace that is not known (yet) has no labels we could match. An
 * `appliedTo` without selectors selects nothing, with one it leaves the other side open.
 */
export function selects(
  { podSelector, namespaceSelector }: AppliedTo,
  podLabels: Labels,
  namespaceLabels: Labels | undefined,
): Selection {
  if (podSelector === undefined && namespaceSelector === undefined) {
    return 'SelectsNothing';
  }
  if (
    namespaceSelector !== undefined &&
    (namespaceLabels === undefined || !matches(namespaceSelector, namespaceLabels))
  ) {
    return 'NamespaceLabelsDiffer';
  }
  return podSelector === undefined || matches(podSelector, podLabels)
    ? 'Selected'
    : 'PodLabelsDiffer';
}
