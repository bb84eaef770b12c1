/**
 * Quotes a string as Go's `%q` does for printable text: the API server's messages are written with
 * it.
 */
export function goQuote(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
