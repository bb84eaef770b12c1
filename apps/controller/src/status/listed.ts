const SHOWN = 5;
const MAX_LENGTH = 300;

/** `n1, n2 and 40 more`: names for a message that people read. */
export function listed(names: readonly string[]): string {
  return names.length <= SHOWN
    ? names.join(', ')
    : `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more`;
}

/** `Node n1: no ipset; Node n2: …; and 40 more`: the same for texts, whose length others decide. */
export function listedTexts(texts: readonly string[]): string {
  return [
    ...texts.slice(0, SHOWN).map(cut),
    ...(texts.length <= SHOWN ? [] : [`and ${texts.length - SHOWN} more`]),
  ].join('; ');
}

function cut(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}…`;
}
