import type { AppliedTo, Egress, Labels } from '@sallyport/api';
import { selects } from './selects.ts';

/**
 * The Egresses that select Pods with these labels, in the order of precedence. The labels of an
 * unknown Namespace are undefined.
 */
export type EgressFinder = (
  podLabels: Labels,
  namespaceLabels: Labels | undefined,
) => readonly Egress[];

/** An Egress with its place in the order of precedence. */
interface Ranked {
  readonly rank: number;
  readonly egress: Egress;
}

/** The list of the Egresses that require no label: they are tried for every Pod. */
const anyPod = '';

/**
 * Finds by posting lists. Each Egress stands in one list: that of the label in its `matchLabels`
 * that the fewest Egresses require. A Pod is tried against the lists of its own labels and of its
 * Namespace's labels.
 * @param ordered all Egresses, by precedence
 */
export function egressFinder(ordered: readonly Egress[]): EgressFinder {
  const frequency = new Map<string, number>();
  for (const label of ordered.flatMap(({ appliedTo }) => requiredLabels(appliedTo))) {
    frequency.set(label, (frequency.get(label) ?? 0) + 1);
  }
  const byFrequency = (a: string, b: string) => (frequency.get(a) ?? 0) - (frequency.get(b) ?? 0);
  const lists = new Map<string, Ranked[]>();
  for (const [rank, egress] of ordered.entries()) {
    const [rarest = anyPod] = requiredLabels(egress.appliedTo).sort(byFrequency);
    const list = lists.get(rarest) ?? [];
    lists.set(rarest, list);
    list.push({ rank, egress });
  }
  return (podLabels, namespaceLabels) =>
    [anyPod, ...labelsOf('pod', podLabels), ...labelsOf('namespace', namespaceLabels)]
      .flatMap((label) => lists.get(label) ?? [])
      .filter(({ egress }) => selects(egress.appliedTo, podLabels, namespaceLabels) === 'selected')
      .sort((a, b) => a.rank - b.rank)
      .map(({ egress }) => egress);
}

function requiredLabels({ podSelector, namespaceSelector }: AppliedTo): string[] {
  return [
    ...labelsOf('pod', podSelector?.matchLabels),
    ...labelsOf('namespace', namespaceSelector?.matchLabels),
  ];
}

/** One string for each label. Kubernetes allows no `=` in a key, so that no two are the same. */
function labelsOf(owner: 'pod' | 'namespace', labels: Labels = {}): string[] {
  return Object.entries(labels).map(([key, value]) => `${owner}:${key}=${value}`);
}
