const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const LAYOUT = '2006-01-02T15:04:05Z07:00';
const MICRO_LAYOUT = '2006-01-02T15:04:05.000000Z07:00';

/**
 * A field of Go type `metav1.Time`: RFC 3339, kept in UTC and in whole seconds. Throws in Go's
 * words.
 */
export function parseTime(text: string): string {
  if (!TIME.test(text) || Number.isNaN(Date.parse(text))) {
    throw new Error(
      `parsing time ${JSON.stringify(text)} as ${JSON.stringify(LAYOUT)}: ${why(text)}`,
    );
  }
  return `${new Date(text).toISOString().slice(0, 19)}Z`;
}

/**
 * A field of Go type `metav1.MicroTime`, as in Leases: exactly six digits of a second, which
 * `Date.toISOString()` does not give. Throws in Go's words.
 */
export function parseMicroTime(text: string): string {
  const [, seconds = '', fraction = '', zone = ''] = TIME.exec(text) ?? [];
  if (seconds === '' || Number.isNaN(Date.parse(text))) {
    throw new Error(
      `parsing time ${JSON.stringify(text)} as ${JSON.stringify(MICRO_LAYOUT)}: ${why(text)}`,
    );
  }
  if (fraction.length !== '.000000'.length) {
    throw new Error(
      `parsing time ${JSON.stringify(text)} as ${JSON.stringify(MICRO_LAYOUT)}: cannot parse "${fraction}${zone}" as ".000000"`,
    );
  }
  return `${new Date(`${seconds}${zone}`).toISOString().slice(0, 19)}${fraction}Z`;
}

function why(text: string): string {
  return `cannot parse ${JSON.stringify(text)} as "2006"`;
}
