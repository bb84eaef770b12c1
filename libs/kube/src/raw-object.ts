/** The items of a JSON array; none when `value` is not one. */
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

/**
 * The metadata of an object and its name. Throws when it has none: then it is not an object of the
 * API server.
 */
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

/** The properties of a JSON object; none when `value` is not one. */
export function propertiesOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The text, or undefined when `value` is not one or is empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
