const SHOWN = 5;
const MAX_LENGTH = 300;

/** Joins names for a message: `n1, n2 and 40 more`. */
export function joinNames(names: readonly string[]): string {
  return names.length <= SHOWN
    ? names.join(', ')
    : `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more`;
}

/**
 * Joins texts of any length, such as those of agents: `Node n1: no ipset; Node n2: …; and 40 more`.
 */
export function joinTexts(texts: readonly string[]): string {
  return [
    ...texts.slice(0, SHOWN).map(shorten),
    ...(texts.length <= SHOWN ? [] : [`and ${texts.length - SHOWN} more`]),
  ].join('; ');
}

function shorten(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}…`;
}
