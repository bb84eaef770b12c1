/**
 * Groups of JavaScript that RE2, the API server's engine, does not have. `(?P<name>` and flags such
 * as `(?i)` are RE2's alone: JavaScript refuses those.
 */
const UNSUPPORTED_GROUP = /\(\?(?:<?[=!]|>)/;

/** Back-references and escapes of JavaScript that RE2 does not have. */
const UNSUPPORTED_ESCAPE = /^\\(?:[1-9]|[kuc]|Z)/;

/** RE2's limit for the counts of `{min,max}`. */
const MAX_REPEAT = 1000;

/**
 * The reason why a pattern cannot be used, as Go words it; undefined when it can. A pattern must
 * be valid for RE2 and for JavaScript, with which the stand-in evaluates it.
 */
export function patternFault(pattern: string): string | undefined {
  const outside = withoutClasses(pattern);
  const group = UNSUPPORTED_GROUP.exec(outside)?.[0];
  if (group !== undefined) {
    return `error parsing regexp: invalid or unsupported Perl syntax: \`${group.slice(0, 3)}\``;
  }
  for (const [escape] of pattern.matchAll(/\\./gs)) {
    if (UNSUPPORTED_ESCAPE.test(escape)) {
      return `error parsing regexp: invalid escape sequence: \`${escape}\``;
    }
  }
  for (const [repeat, min, max] of outside.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) {
    if (Number(min) > MAX_REPEAT || Number(max ?? 0) > MAX_REPEAT) {
      return `error parsing regexp: invalid repeat count: \`${repeat}\``;
    }
  }
  try {
    new RegExp(pattern);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return why.includes('Unterminated group')
      ? `error parsing regexp: missing closing ): \`${pattern}\``
      : `error parsing regexp: ${why}`;
  }
}

/** The pattern with escapes and character classes blanked: there, a parenthesis is a character. */
function withoutClasses(pattern: string): string {
  return pattern.replaceAll(/\\./gs, '  ').replaceAll(/\[\^?\]?[^\]]*\]/g, ' ');
}
