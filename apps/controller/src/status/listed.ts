const SHOWN = 5;

/** `n1, n2 and 40 more`: names for a message that people read. */
export const listed = (names: readonly string[]): string =>
  names.length <= SHOWN ? names.join(', ') : `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more`;
