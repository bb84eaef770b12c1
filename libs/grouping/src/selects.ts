import type { AppliedTo, Labels } from '@sallyport/api';
import { matches } from './label-selector/matches.ts';

/** Why an Egress does or does not select a Pod. */
export type Selection =
  'selected' | 'selects-nothing' | 'pod-labels-differ' | 'namespace-labels-differ';

/**
 * Applies both selectors. An `appliedTo` without selectors selects nothing; an absent selector
 * beside the other one matches everything.
 * @param namespaceLabels undefined while the Namespace is unknown; then no selector matches it.
 */
export function selects(
  { podSelector, namespaceSelector }: AppliedTo,
  podLabels: Labels,
  namespaceLabels: Labels | undefined,
): Selection {
  if (podSelector === undefined && namespaceSelector === undefined) {
    return 'selects-nothing';
  }
  if (
    namespaceSelector !== undefined &&
    (namespaceLabels === undefined || !matches(namespaceSelector, namespaceLabels))
  ) {
    return 'namespace-labels-differ';
  }
  return podSelector === undefined || matches(podSelector, podLabels)
    ? 'selected'
    : 'pod-labels-differ';
}
