import type { Fault } from '@sallyport/api';

/** The fields of an API object that the controller needs, and the faults found in them. */
export interface Observed<T> {
  readonly object: T;
  readonly faults: readonly Fault[];
}

/** The items of a JSON array; none for any other value. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The labels of an object with metadata. */
export function labelsOf(
  metadata: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const labels = Object.entries(propertiesOf(metadata.labels));
  return Object.fromEntries(
    labels.filter((label): label is [string, string] => typeof label[1] === 'string'),
  );
}

/** The metadata of an object and its name. Throws for an object without a name. */
export function metadataOf(raw: unknown): {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly name: string;
} {
  const metadata = propertiesOf(propertiesOf(raw).metadata);
  const name = textOf(metadata.name);
  if (name === undefined) {
    throw new Error(`metadata.name is missing in ${JSON.stringify(raw).slice(0, 200)}`);
  }
  return { metadata, name };
}

/** The properties of a JSON object; none for any other value. */
export function propertiesOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The text; undefined for an empty one and for any other value. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
