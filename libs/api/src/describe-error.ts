/** Further errors of an AggregateError are only counted. */
const MAX_PARTS = 3;

/**
 * An error as one line: its message, then those of its causes and of the parts of an
 * AggregateError. Messages that the text already contains are left out. Takes any value that was
 * thrown.
 */
export function describeError(error: unknown): string {
  const { message, cause, errors } = partsOf(error);
  let text = message;
  const add = (part: string): void => {
    if (part !== '' && !text.includes(part)) {
      text = text === '' ? part : `${text}: ${part}`;
    }
  };
  if (errors.length > 0) {
    const more = errors.length > MAX_PARTS ? [`and ${errors.length - MAX_PARTS} more`] : [];
    add([...new Set(errors.slice(0, MAX_PARTS).map(describeError)), ...more].join('; '));
  }
  if (cause !== undefined) {
    add(describeError(cause));
  }
  return text.replace(/\s*\n\s*/g, ' ');
}

/** Reads the fields instead of asking for the class: errors may come from another realm. */
function partsOf(error: unknown): {
  readonly message: string;
  readonly cause: unknown;
  readonly errors: readonly unknown[];
} {
  if (typeof error !== 'object' || error === null || !('message' in error)) {
    return { message: String(error), cause: undefined, errors: [] };
  }
  return {
    message: String(error.message),
    cause: 'cause' in error ? error.cause : undefined,
    errors: 'errors' in error && Array.isArray(error.errors) ? error.errors : [],
  };
}
