import type { Namespace } from '@sallyport/grouping';
import type { Observed } from './observed.ts';
import { labelsOf, metadataOf } from './raw-object.ts';

/** What we need of a v1 Namespace. */
export function namespaceFor(raw: unknown): Observed<Namespace> {
  const { metadata, name } = metadataOf(raw);
  return { object: { name, labels: labelsOf(metadata) }, faults: [] };
}
