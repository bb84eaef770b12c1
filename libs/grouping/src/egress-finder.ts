import type { Egress, Labels, LabelSelector } from '@sallyport/api';
import { selects } from './selects.ts';

/** The Egresses that select Pods with these labels, in the order of precedence. */
export type EgressFinder = (
  podLabels: Labels,
  namespaceLabels: Labels | undefined,
) => readonly Egress[];

/** The places of Egresses in the order of precedence, by the key and value of a label. */
type Postings = Map<string, Map<string, number[]>>;

interface Pair {
  readonly of: 'pod' | 'namespace';
  readonly key: string;
  readonly value: string;
}

/**
 * Finds by posting lists: an Egress with `matchLabels` is tried only for Pods that have the rarest
 * of these labels. Each Egress stands in one list, so that no place is found twice.
 * @param ordered all Egresses, by precedence
 */
export function egressFinder(ordered: readonly Egress[]): EgressFinder {
  const required: Record<Pair['of'], Postings> = { pod: new Map(), namespace: new Map() };
  for (const [place, egress] of ordered.entries()) {
    for (const pair of pairsOf(egress)) {
      post(required[pair.of], pair, place);
    }
  }
  const postings: Record<Pair['of'], Postings> = { pod: new Map(), namespace: new Map() };
  const withoutPair: number[] = [];
  for (const [place, egress] of ordered.entries()) {
    const frequency = ({ of, key, value }: Pair) => placesOf(required[of], key, value).length;
    const [rarest] = pairsOf(egress).sort((a, b) => frequency(a) - frequency(b));
    if (rarest === undefined) {
      withoutPair.push(place);
    } else {
      post(postings[rarest.of], rarest, place);
    }
  }
  return (podLabels, namespaceLabels) => {
    const places = [
      ...withoutPair,
      ...candidates(postings.pod, podLabels),
      ...candidates(postings.namespace, namespaceLabels ?? {}),
    ];
    return places
      .sort((a, b) => a - b)
      .flatMap((place) => ordered[place] ?? [])
      .filter(({ appliedTo }) => selects(appliedTo, podLabels, namespaceLabels) === 'selected');
  };
}

function pairsOf({ appliedTo: { podSelector, namespaceSelector } }: Egress): Pair[] {
  const pairs = (of: Pair['of'], selector: LabelSelector | undefined): Pair[] =>
    Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({ of, key, value }));
  return [...pairs('pod', podSelector), ...pairs('namespace', namespaceSelector)];
}

function post(postings: Postings, { key, value }: Pair, place: number): void {
  const byValue = postings.get(key) ?? new Map<string, number[]>();
  postings.set(key, byValue);
  const places = byValue.get(value) ?? [];
  byValue.set(value, places);
  places.push(place);
}

function candidates(postings: Postings, labels: Labels): readonly number[] {
  return postings.size === 0
    ? []
    : Object.entries(labels).flatMap(([key, value]) => placesOf(postings, key, value));
}

function placesOf(postings: Postings, key: string, value: string): readonly number[] {
  return postings.get(key)?.get(value) ?? [];
}
